/** A layer of a model that is being made: a blob that is in the store, or a text that becomes one when all layers are settled. */
import type { Gguf } from '../../formats/gguf/gguf.ts';
import type { BlobReference } from '../../store/blob-store.ts';

interface LayerFacts {
  readonly mediaType: string;
  /** The model or file that the layer was taken from. */
  readonly from?: string;
  readonly name?: string;
}

export interface BlobLayer extends LayerFacts {
  readonly blob: BlobReference;
  /** Of weights, projectors, adapters and drafts in GGUF format. */
  readonly gguf?: Gguf;
  /** Whether the blob was made for this model. */
  readonly isNew?: boolean;
}

export interface TextLayer extends LayerFacts {
  readonly text: string;
  /** What is told about it instead of its digest. */
  readonly status?: string;
}

export type ModelLayer = BlobLayer | TextLayer;

export const isBlobLayer = (layer: ModelLayer): layer is BlobLayer => 'blob' in layer;
