/**
 * Several saved ranges of one sequence in one buffer: per piece its first position, its end and its length in bytes, then the bytes. Pure.
 */
export interface Piece {
  /** Positions [from, to). */
  readonly from: number;
  readonly to: number;
}

export interface SavedPiece extends Piece {
  readonly state: Buffer;
}

const headBytes = 16;

/** [from, to) cut at every multiple of `window`: where chunks of attention begin too. */
export function windowPieces(from: number, to: number, window: number): Piece[] {
  const pieces: Piece[] = [];
  for (let at = from; at < to;) {
    const end = Math.min(to, (Math.floor(at / window) + 1) * window);
    pieces.push({ from: at, to: end });
    at = end;
  }
  return pieces;
}

export function joinPieces(pieces: readonly SavedPiece[]): Buffer {
  return Buffer.concat(
    pieces.flatMap(({ from, to, state }) => {
      const head = Buffer.alloc(headBytes);
      head.writeUInt32LE(from, 0);
      head.writeUInt32LE(to, 4);
      head.writeDoubleLE(state.length, 8);
      return [head, state];
    }),
  );
}

/** The states are views of `joined`. */
export function splitPieces(joined: Buffer): SavedPiece[] {
  const pieces: SavedPiece[] = [];
  for (let at = 0; at < joined.length;) {
    const bytes = joined.readDoubleLE(at + 8);
    const state = joined.subarray(at + headBytes, at + headBytes + bytes);
    pieces.push({ from: joined.readUInt32LE(at), to: joined.readUInt32LE(at + 4), state });
    at += headBytes + bytes;
  }
  return pieces;
}
