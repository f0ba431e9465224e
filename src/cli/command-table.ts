/** Every command of the command line. */
import { type CommandSpec, type EnvironmentNote, hostNote, modelsNote } from './command-spec.ts';
import { modelCommands } from './model-commands.ts';

const keepAliveNote: EnvironmentNote = {
  name: 'OLLAMA_KEEP_ALIVE',
  what: 'How long a model stays in memory when idle (default 5m)',
};
const contextNote: EnvironmentNote = {
  name: 'OLLAMA_CONTEXT_LENGTH',
  what: 'Context length in tokens (default 4096 on a CPU)',
};

export const commandTable: readonly CommandSpec[] = [
  {
    name: 'serve',
    aliases: ['start'],
    usage: '',
    summary: 'Start the server',
    minArguments: 0,
    maxArguments: 0,
    flags: [
      {
        name: 'print-settings',
        kind: 'boolean',
        summary: 'Print every setting, where it comes from and its default; serve nothing',
      },
      { name: 'exit-when-idle', kind: 'boolean', summary: 'End once the last model has expired', hidden: true },
    ],
    examples: [
      { command: 'corral serve', what: 'Serve on this machine only' },
      { command: 'OLLAMA_HOST=0.0.0.0 corral serve', what: 'Serve the network' },
      { command: 'corral serve --print-settings', what: 'See what is in force' },
    ],
    environment: [
      hostNote,
      modelsNote,
      keepAliveNote,
      contextNote,
      { name: 'OLLAMA_NUM_PARALLEL', what: 'Requests that one model answers at once (default: automatic)' },
      { name: 'OLLAMA_MAX_LOADED_MODELS', what: 'Models in memory at once (default: automatic)' },
      { name: 'OLLAMA_MAX_QUEUE', what: 'Requests that may wait (default 512)' },
      { name: 'OLLAMA_ORIGINS', what: 'Further browser origins to admit, separated by commas' },
      { name: 'OLLAMA_DEBUG', what: '1 logs more, 2 logs everything' },
    ],
    handlesInterrupt: true,
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'run',
    aliases: [],
    usage: 'MODEL [PROMPT...]',
    summary: 'Ask a model, or chat with it; one that is not here is pulled first',
    minArguments: 1,
    maxArguments: Infinity,
    flags: [
      {
        name: 'keepalive',
        kind: 'text',
        value: 'duration',
        summary: 'Keep the model in memory this long when idle (5m, 1h30m, -1s for ever)',
      },
      { name: 'verbose', kind: 'boolean', summary: 'Show timings after the answer' },
      { name: 'nowordwrap', kind: 'boolean', summary: "Don't move words to the next line at the terminal's edge" },
      {
        name: 'format',
        kind: 'text',
        value: 'json|schema',
        summary: 'Answer as JSON, or as a given JSON schema demands',
      },
      {
        name: 'think',
        kind: 'optional-text',
        value: 'level',
        summary: 'Think first: true, false, high, medium, low or max',
      },
      { name: 'hidethinking', kind: 'boolean', summary: "Don't show the thinking" },
      {
        name: 'truncate',
        kind: 'boolean',
        summary: 'Embedding models: cut a text that is too long; --truncate=false refuses it',
      },
      {
        name: 'dimensions',
        kind: 'text',
        value: 'number',
        summary: 'Embedding models: shorten the vector to this length',
      },
      {
        name: 'insecure',
        kind: 'boolean',
        summary: 'A model that is not here: pull it over HTTP or an unchecked HTTPS',
      },
    ],
    examples: [
      { command: 'corral run smollm2:135m', what: 'Chat; /? shows what you can do there' },
      { command: 'corral run smollm2:135m "Why is the sky blue?"', what: 'Ask once' },
      { command: 'cat notes.txt | corral run smollm2:135m "Sum this up:"', what: 'Ask about a file' },
      { command: 'corral run smollm2:135m --format json "List three colours"', what: 'Get JSON' },
      { command: 'corral run all-minilm "some text"', what: 'Get the text as an embedding vector' },
    ],
    environment: [
      hostNote,
      modelsNote,
      keepAliveNote,
      contextNote,
      { name: 'OLLAMA_NOHISTORY', what: 'Keep no history of what was typed' },
      { name: 'OLLAMA_EDITOR', what: 'Editor for Ctrl+G (else VISUAL, EDITOR)' },
    ],
    load: async () => (await import('./commands/run-model.ts')).runModel,
  },
  {
    name: 'list',
    aliases: ['ls'],
    usage: '[PREFIX]',
    summary: 'List the models that are here',
    minArguments: 0,
    maxArguments: 1,
    flags: [],
    examples: [
      { command: 'corral list', what: 'All models' },
      { command: 'corral list smol', what: 'Those whose name begins with smol' },
    ],
    environment: [hostNote, modelsNote],
    load: async () => (await import('./commands/list-models.ts')).listModels,
  },
  {
    name: 'show',
    aliases: [],
    usage: 'MODEL',
    summary: 'Show what a model is made of',
    minArguments: 1,
    maxArguments: 1,
    flags: [
      { name: 'license', kind: 'boolean', summary: 'Its licence' },
      { name: 'modelfile', kind: 'boolean', summary: 'The Modelfile it can be made from' },
      { name: 'parameters', kind: 'boolean', summary: 'Its parameters' },
      { name: 'template', kind: 'boolean', summary: 'Its prompt template' },
      { name: 'system', kind: 'boolean', summary: 'Its system message' },
      { name: 'verbose', short: 'v', kind: 'boolean', summary: 'Also its metadata and tensors' },
    ],
    examples: [
      { command: 'corral show smollm2:135m', what: 'Overview' },
      { command: 'corral show smollm2:135m --modelfile', what: 'Its Modelfile' },
    ],
    environment: [hostNote, modelsNote],
    load: async () => (await import('./commands/show-model.ts')).showModel,
  },
  {
    name: 'ps',
    aliases: [],
    usage: '[PREFIX]',
    summary: 'List the models in memory',
    minArguments: 0,
    maxArguments: 1,
    flags: [],
    examples: [{ command: 'corral ps', what: 'What runs, how big it is and until when it stays' }],
    environment: [hostNote],
    load: async () => (await import('./commands/list-running.ts')).listRunning,
  },
  {
    name: 'stop',
    aliases: [],
    usage: 'MODEL',
    summary: 'Take a model out of memory',
    minArguments: 1,
    maxArguments: 1,
    flags: [],
    examples: [{ command: 'corral stop smollm2:135m', what: 'Free its memory now' }],
    environment: [hostNote],
    load: async () => (await import('./commands/stop-model.ts')).stopModel,
  },
  ...modelCommands,
];

export function findCommand(word: string): CommandSpec | undefined {
  return commandTable.find(({ name, aliases }) => name === word || aliases.includes(word));
}
