/** What a GGUF file says about itself: metadata and tensor descriptions, without the weights. */

/** Single-precision numbers are the shortest decimal that stands for the same float: 1e-5, not 0.000009999999747378752. */
export type GgufScalar = string | number | bigint | boolean;

/** An array whose values were skipped keeps its element type and length. */
export interface GgufArray {
  readonly elementType: GgufValueType;
  readonly length: number;
  /** undefined when the reader was told to skip arrays; short lists of numbers (one per layer) are there all the same. */
  readonly values: readonly GgufScalar[] | undefined;
  /** Of a skipped vocabulary: the tokens that other keys name by their id (bos, eos, ...), by id. Otherwise empty. */
  readonly keptValues: ReadonlyMap<number, GgufScalar>;
}

export type GgufValueType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float32'
  | 'bool'
  | 'string'
  | 'array'
  | 'uint64'
  | 'int64'
  | 'float64';

export interface GgufTensor {
  readonly name: string;
  /** Dimensions, innermost first, as in the file. */
  readonly shape: readonly number[];
  /** ggml type name: F32, F16, Q4_1, Q6_K, ... */
  readonly type: string;
  /** Bytes from the start of the data section. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

export interface Gguf {
  readonly version: number;
  /** In file order. 64-bit integers are numbers where they fit exactly, otherwise bigint. */
  readonly metadata: ReadonlyMap<string, GgufScalar | GgufArray>;
  readonly tensors: readonly GgufTensor[];
  /** Where tensor data begins, in bytes from the start of the file. */
  readonly dataOffsetBytes: number;
  readonly fileSizeBytes: number;
}
