/**
 * The engine's memory of sequences as the prefix cache uses it. Cells of attention can be shared between sequences and copied in ranges;
 * recurrent state is one value per sequence, which can be shared and copied only whole.
 *
 * Ranges are copied through a sequence of its own, `scratch`: the engine saves and restores whole sequences, and moves cells between sequences
 * without touching them.
 *
 * A freed cell is given to whichever sequence asks next, so a sequence that runs beside others would get cells in front of its own. Attention adds in the order
 * of cells, so its results would depend on its company. Cells can therefore be retired instead: they stay taken, in a sequence that never runs, until
 * all sequences are put into order again (prefix-cache.ts).
 *
 * Layers with a sliding window have cells of their own, with which the engine is careless, since it thinks only of the sequence's next token: of a saved
 * sequence it leaves out what the window has passed, and it gives away such cells while their sequence still runs (find_slot and state_write in
 * llama-kv-cache.cpp). So ranges are saved in pieces of one window, and before a sequence is cut or shared it is asked what it still has.
 */
import type { Model } from '../llama/model.ts';
import { joinPieces, splitPieces, windowPieces } from './saved-pieces.ts';

export interface CellMemory {
  /** Whether positions can be dropped from a sequence's end at all. */
  readonly isCuttable: boolean;
  /** Whether positions [0, length), above none, of a sequence that holds more are good without the rest. */
  canCut(sequence: number, length: number): boolean;
  /** Drops positions [from, end) of a sequence; false when the memory can't be cut there. */
  removeFrom(sequence: number, from: number): boolean;
  /** Drops positions [from, to), before those behind them are moved; false when the memory can't be cut there. */
  removeRange(sequence: number, from: number, to: number): boolean;
  /** Whether cells can be retired; where they can't, only `removeFrom` is for dropping. */
  readonly canRetire: boolean;
  /** Drops positions [from, to) of a sequence, but their cells stay taken until `clearRetired`. */
  retire(sequence: number, from: number, to: number): void;
  clearRetired(): void;
  /** The empty sequence `to` gets the cells of positions [0, length) of `from`: the same, not a copy. Where memory can't be cut there `length` is all of them. */
  share(from: number, to: number, length: number): void;
  /** Whether a copy of a sequence would leave the machine half of the memory that it has free. */
  hasRoomToSave(sequence: number): boolean;
  /** A copy of positions [from, to) of a sequence; of all of it where memory can't be cut. undefined where the engine has given away some. */
  save(sequence: number, from: number, to: number): Buffer | undefined;
  /** Of a saved copy, puts positions [from, to) into the sequence, which holds what is before; false when there are not enough free cells. */
  append(sequence: number, state: Buffer, from: number, to: number): boolean;
}

const toEnd = -1;

/** `ownFrom`: the first of `cacheSequences` (llama/model.ts) ids that nobody else uses. */
export function cellMemory(model: Model, ownFrom: number): CellMemory {
  return model.canTakeBack ? rangedMemory(model, ownFrom, ownFrom + 1) : wholeMemory(model);
}

/** For memory that gives its cells away by its own rules anyway. */
const withoutRetiring = {
  canRetire: false,
  retire: () => {},
  clearRetired: () => {},
} as const;

function ofAnyKind(model: Model): Pick<CellMemory, 'removeRange' | 'hasRoomToSave'> {
  return {
    removeRange: (sequence, from, to) => model.removeCells(sequence, from, to),
    hasRoomToSave: (sequence) => model.stateBytes(sequence) < process.availableMemory() / 2,
  };
}

function wholeMemory(model: Model): CellMemory {
  return {
    ...ofAnyKind(model),
    ...withoutRetiring,
    isCuttable: false,
    canCut: () => false,
    removeFrom: (sequence, from) => model.removeCells(sequence, from, toEnd),
    share: (from, to) => model.shareCells(from, to, 0, toEnd),
    save: (sequence) => model.saveSequence(sequence),
    append: (sequence, state) => model.restoreSequence(sequence, state),
  };
}

function rangedMemory(model: Model, scratch: number, retired: number): CellMemory {
  const window = model.slidingWindowTokens;
  const saveRange = (sequence: number, from: number, to: number): Buffer => {
    model.shareCells(sequence, scratch, from, to);
    const state = model.saveSequence(scratch);
    model.removeCells(scratch, 0, toEnd);
    return state;
  };
  const appendRange = (sequence: number, state: Buffer, from: number, to: number): boolean => {
    const isRestored = model.restoreSequence(scratch, state);
    if (isRestored) model.shareCells(scratch, sequence, from, to);
    // Also where it failed: of two kinds of layers one may have found room.
    model.removeCells(scratch, 0, toEnd);
    return isRestored;
  };
  if (window === 0) {
    return {
      ...ofAnyKind(model),
      isCuttable: true,
      canCut: () => true,
      removeFrom: (sequence, from) => model.removeCells(sequence, from, toEnd),
      canRetire: true,
      retire(sequence, from, to) {
        model.shareCells(sequence, retired, from, to);
        model.removeCells(sequence, from, to);
      },
      clearRetired: () => void model.removeCells(retired, 0, toEnd),
      share: (from, to, length) => model.shareCells(from, to, 0, length),
      save: saveRange,
      append: appendRange,
    };
  }
  // The token at `length` sees `window` positions, itself included. Chunks of attention begin no earlier.
  const canCut = (sequence: number, length: number): boolean =>
    model.firstPosition(sequence) <= Math.max(0, length - window + 1);
  return {
    ...ofAnyKind(model),
    ...withoutRetiring,
    isCuttable: true,
    canCut,
    removeFrom: (sequence, from) => (from === 0 || canCut(sequence, from)) && model.removeCells(sequence, from, toEnd),
    share: (from, to, length) => model.shareCells(from, to, 0, length),
    save(sequence, from, to) {
      if (model.firstPosition(sequence) > from) return undefined;
      return joinPieces(
        windowPieces(from, to, window).map((piece) => ({ ...piece, state: saveRange(sequence, piece.from, piece.to) })),
      );
    },
    append(sequence, state, from, to) {
      const isWhole = splitPieces(state)
        .filter((piece) => piece.to > from && piece.from < to)
        .every((piece) => appendRange(sequence, piece.state, Math.max(from, piece.from), Math.min(to, piece.to)));
      if (!isWhole) model.removeCells(sequence, from, toEnd);
      return isWhole;
    },
  };
}
