/** Reads one line at the terminal: keys into the editor, the editor's state onto the screen, until the line is done. */
import type { TerminalOutput } from '../command-line-host.ts';
import { terminalColumns, terminalRows } from '../terminal/terminal-size.ts';
import type { KeySource } from './key-source.ts';
import { type EditorEvent, type EditorState, pressKey, startEditing } from './line-editor.ts';
import { clipFrame, type Frame, layOutLine } from './line-layout.ts';
import { blankFrame, eraseAfterResize, paint } from './line-painter.ts';

export type LineResult =
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl+C; `text` is what was thrown away. */
  | { readonly kind: 'interrupt'; readonly text: string }
  /** Ctrl+D, or the terminal is gone. */
  | { readonly kind: 'end' };

export interface LineReaderOptions {
  readonly keys: KeySource;
  readonly output: TerminalOutput;
  readonly prompt: string;
  readonly nextPrompt: string;
  readonly placeholder: string;
  /** Earlier lines, oldest first. */
  readonly history: readonly string[];
  /** Called with the terminal in its normal mode; gives the new text. */
  readonly editExternally: (text: string) => Promise<string>;
  readonly suspend: () => Promise<void>;
}

export async function readLine(options: LineReaderOptions): Promise<LineResult> {
  const { keys, output } = options;
  const screen = new LineScreen(options);
  let state = startEditing(options.history);
  const onResize = () => screen.repaint(state);
  output.on('resize', onResize);
  screen.show(state);
  try {
    for (;;) {
      const key = await keys.next();
      if (key === undefined) return { kind: 'end' };
      const step = pressKey(state, key);
      state = step.state;
      // A burst of keys is shown once, when nothing more waits.
      if (step.event !== undefined || !keys.hasWaiting) screen.show(state);
      if (step.event === undefined) continue;
      const result = resultOf(step.event, state);
      if (result !== undefined) {
        screen.leave(state);
        return result;
      }
      state = await act(step.event, state, screen, options);
    }
  } finally {
    output.removeListener('resize', onResize);
  }
}

/** Undefined for an event after which the line goes on. */
function resultOf(event: EditorEvent, { buffer: { text } }: EditorState): LineResult | undefined {
  if (event === 'submit') return { kind: 'line', text };
  if (event === 'interrupt') return { kind: 'interrupt', text };
  return event === 'end' ? { kind: 'end' } : undefined;
}

async function act(
  event: EditorEvent,
  state: EditorState,
  screen: LineScreen,
  options: LineReaderOptions,
): Promise<EditorState> {
  const { keys, output, history } = options;
  let next = state;
  if (event === 'clear-screen') screen.clear();
  else screen.erase();
  if (event === 'suspend') await keys.lend(async () => await options.suspend());
  if (event === 'external-editor') {
    try {
      const text = await keys.lend(async () => await options.editExternally(state.buffer.text));
      next = startEditing(history, text);
    } catch (thrown) {
      output.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    }
  }
  screen.show(next);
  return next;
}

/** The part of the screen that the line stands on: it knows the frame shown there and writes what changes it. */
class LineScreen {
  readonly #options: LineReaderOptions;
  #frame: Frame = blankFrame;

  constructor(options: LineReaderOptions) {
    this.#options = options;
  }

  show(state: EditorState): void {
    const next = clipFrame(this.#layOut(state, this.#options.placeholder), terminalRows(this.#options.output));
    this.#write(paint(this.#frame, next));
    this.#frame = next;
  }

  /** In one write, so that the moment between is never seen. */
  repaint(state: EditorState): void {
    const erasing = eraseAfterResize(this.#frame, this.#columns);
    const next = clipFrame(this.#layOut(state, this.#options.placeholder), terminalRows(this.#options.output));
    this.#write(erasing + paint(blankFrame, next));
    this.#frame = next;
  }

  erase(): void {
    this.#write(eraseAfterResize(this.#frame, this.#columns));
    this.#frame = blankFrame;
  }

  clear(): void {
    this.#write('\u001b[H\u001b[2J');
    this.#frame = blankFrame;
  }

  /** Leaves the whole text where it is, without the placeholder, and the cursor on the row below. */
  leave(state: EditorState): void {
    const whole = this.#layOut(state, '');
    // A text taller than the screen was shown in part: now it is written whole and may scroll.
    if (this.#frame.rows.length < whole.rows.length) this.erase();
    this.#write(paint(this.#frame, { ...whole, cursorRow: whole.rows.length - 1, cursorColumn: 0 }) + '\r\n');
  }

  get #columns(): number {
    return terminalColumns(this.#options.output);
  }

  #layOut({ buffer }: EditorState, placeholder: string): Frame {
    const { prompt, nextPrompt } = this.#options;
    return layOutLine({ ...buffer, prompt, nextPrompt, placeholder, columns: this.#columns });
  }

  #write(bytes: string): void {
    if (bytes !== '') this.#options.output.write(bytes);
  }
}
