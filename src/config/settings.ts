/** Every effective setting, validated and defaulted once; nothing reads the environment after this. */

import type { LogLevel } from '../core/logger.ts';

export type KvCacheType = 'f16' | 'q8_0' | 'q4_0';
export type FlashAttention = 'auto' | 'on' | 'off';

export interface HostAddress {
  readonly scheme: 'http' | 'https';
  readonly hostname: string;
  readonly port: number;
}

export interface Settings {
  readonly host: HostAddress;
  /** The user's `.ollama` folder: store, history, keys. */
  readonly homeDir: string;
  readonly modelsDir: string;
  /** Infinity = for ever. */
  readonly keepAliveMs: number;
  /** Silence, not total time, after which a load is given up. Infinity = never. */
  readonly loadTimeoutMs: number;
  /** Tokens; 0 = chosen from the machine (4096 on a CPU). */
  readonly contextTokens: number;
  /** Sequences at once in one model; 0 = automatic. */
  readonly numParallel: number;
  /** 0 = automatic. */
  readonly maxLoadedModels: number;
  readonly maxQueue: number;
  /** Extra allowed origins; the built-in ones are not among them. */
  readonly origins: readonly string[];
  readonly logLevel: LogLevel;
  readonly logRequests: boolean;
  readonly flashAttention: FlashAttention;
  readonly kvCacheType: KvCacheType;
  /** OLLAMA_GO_TEMPLATE: undefined = unset, which means "unless the model's own jinja template is preferred". */
  readonly goTemplate: boolean | undefined;
  readonly noPrune: boolean;
  readonly noHistory: boolean;
  /** Where cloud features were switched off; they are never on in Corral. */
  readonly cloudDisabledBy: 'none' | 'env' | 'config' | 'both';
  readonly editor: string | undefined;
  /** CORRAL_MEMORY_LIMIT: bytes that all models together may take; 0 = from the machine. */
  readonly memoryLimitBytes: number;
  /** CORRAL_KV_CELLS: KV cells shared by all sequences of a model; 0 = automatic. */
  readonly kvCells: number;
  /** CORRAL_SPECULATION: whether answers are drafted from their own text, and checked, where that is faster. */
  readonly speculation: boolean;
  /** CORRAL_THREADS: threads per model; 0 = physical cores. */
  readonly threads: number;
  /** CORRAL_LIBRARY_DIR: folder of libllama instead of the npm package's; undefined = the package's. */
  readonly libraryDir: string | undefined;
  /** GPU selection variables passed on to the runner as they are. */
  readonly gpuEnvironment: Readonly<Record<string, string>>;
}
