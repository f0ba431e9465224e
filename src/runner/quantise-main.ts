/**
 * The child process that quantises one file: it gets its order as the first message, and its exit code is the answer. The engine's own
 * lines on stderr are the progress. When the parent goes away, by whatever death, this process ends at once: its file is of use to nobody.
 */
import { toCorralError } from '../core/corral-error.ts';
import { quantiseFile, type QuantiseFileRequest } from '../llama/quantise-file.ts';

async function quantise(request: QuantiseFileRequest): Promise<never> {
  try {
    await quantiseFile(request, process.env['CORRAL_LIBRARY_DIR']);
    process.exit(0);
  } catch (thrown) {
    const { message, hint = '' } = toCorralError(thrown);
    process.stderr.write(`failed to quantize: ${message}. ${hint}\n`);
    process.exit(1);
  }
}

process.once('message', (message) => void quantise(message as QuantiseFileRequest));
// Not `exit`: a thread is in the middle of native code.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The terminal's Ctrl+C goes to the whole process group; the server decides what becomes of its children.
process.on('SIGINT', () => {});
