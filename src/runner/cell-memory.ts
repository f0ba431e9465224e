/**
 * The engine's memory of sequences as the prefix cache uses it. Cells of attention can be shared between sequences and copied in ranges;
 * recurrent state is one value per sequence, which can be shared and copied only whole.
 *
 * Ranges are copied through a sequence of its own, `scratch`: the engine saves and restores whole sequences, and moves cells between sequences
 * without touching them.
 */
import type { Model } from '../llama/model.ts';

export interface CellMemory {
  readonly isCuttable: boolean;
  /** Drops positions [from, end) of a sequence; false when the memory can't be cut there. */
  removeFrom(sequence: number, from: number): boolean;
  /** The empty sequence `to` gets the cells of positions [0, length) of `from`: the same, not a copy. Where memory can't be cut `length` is all of them. */
  share(from: number, to: number, length: number): void;
  /** A copy of positions [from, to) of a sequence; of all of it where memory can't be cut. */
  save(sequence: number, from: number, to: number): Buffer;
  /** Of a saved copy, puts positions [from, to) into the sequence, which holds what is before; false when there are not enough free cells. */
  append(sequence: number, state: Buffer, from: number, to: number): boolean;
}

const toEnd = -1;

/** `scratch`: a sequence id that nobody else uses. */
export function cellMemory(model: Model, scratch: number): CellMemory {
  return {
    isCuttable: model.canTakeBack,
    removeFrom: (sequence, from) => model.removeCells(sequence, from, toEnd),
    share(from, to, length) {
      model.shareCells(from, to, 0, model.canTakeBack ? length : toEnd);
    },
    save(sequence, from, to) {
      if (!model.canTakeBack) return model.saveSequence(sequence);
      model.shareCells(sequence, scratch, from, to);
      const state = model.saveSequence(scratch);
      model.removeCells(scratch, 0, toEnd);
      return state;
    },
    append(sequence, state, from, to) {
      if (!model.canTakeBack) return model.restoreSequence(sequence, state);
      if (!model.restoreSequence(scratch, state)) return false;
      model.shareCells(scratch, sequence, from, to);
      model.removeCells(scratch, 0, toEnd);
      return true;
    },
  };
}
