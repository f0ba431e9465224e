/** What is wrong with a store, in the fields that go over the wire. */
export interface StoreProblem {
  /** `manifest`: the model's own manifest can't be read, so nobody knows its blobs; otherwise the condition of a blob. */
  readonly problem: 'manifest' | 'missing' | 'damaged' | 'unreadable';
  /** The models that it breaks. */
  readonly models: readonly string[];
  /** Of the blob. */
  readonly digest?: string;
  /** Bytes, as the manifest says. */
  readonly size?: number;
  /** Whether the damaged blob was moved out of the way. */
  readonly moved_aside?: boolean;
  /** Whether the models work again. */
  readonly repaired: boolean;
  /** Why it could not be read, moved or repaired. */
  readonly error?: string;
}
