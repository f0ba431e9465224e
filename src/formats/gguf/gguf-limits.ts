/**
 * What a header may claim. Model files come from anywhere, and a few bytes can announce 2^64 of anything, so every count and length
 * is checked before memory or time is spent on it. Each limit names the largest real value known; llama.cpp's own are 2^30 or none.
 */

/** Bytes before the weights. Gemma 4's (262,144 tokens with merges) are 16 MB; one with a tokenizer.json inside reaches 50 MB. */
export const maxHeaderBytes = 256 * 1024 * 1024;

/** Keys. Real files have 20 to 80; a vision model with all its options 150. */
export const maxKeys = 16_384;

/** Bytes of a key, as the format's specification says. The longest in use have about 60. */
export const maxKeyBytes = 65_535;

/** Bytes of one string. The largest is Gemma's whole tokenizer.json in one value: 33 MB. Chat templates stay under 64 KB. */
export const maxStringBytes = 64 * 1024 * 1024;

/** Elements of all arrays together. Gemma 4 has 1.3 million: tokens, scores, types and merges. */
export const maxArrayElements = 4 * 1024 * 1024;

/** Tensors. Mixtral 8x22B, one for each expert, has 1,700. */
export const maxTensors = 65_536;

/** Bytes of a tensor's name: llama.cpp's buffer of 64 with its closing zero. */
export const maxTensorNameBytes = 63;

/** Dimensions of a tensor: GGML_MAX_DIMS. */
export const maxDimensions = 4;

/** Lists of numbers up to this length are kept when arrays are skipped: one value per layer. The deepest models have 126 layers. */
export const maxLayerListLength = 1024;
