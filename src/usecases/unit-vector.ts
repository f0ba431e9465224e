/** The first `count` components, made unit length again; the whole vector when `count` is 0 or no less than its length. */
export function firstComponents(vector: Float32Array, count: number): Float32Array {
  if (count <= 0 || count >= vector.length) return vector;
  const part = vector.slice(0, count);
  let sum = 0;
  for (const value of part) sum += value * value;
  const length = Math.sqrt(sum);
  return length > 0 ? part.map((value) => value / length) : part;
}

export function isFiniteVector(vector: Float32Array): boolean {
  return vector.every(Number.isFinite);
}
