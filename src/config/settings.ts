/** Every effective setting, validated and defaulted once; nothing reads the environment after this. */

import type { LogLevel } from '../core/logger.ts';

export type KvCacheType = 'f16' | 'q8_0' | 'q4_0';
export type FlashAttention = 'auto' | 'on' | 'off';

export interface HostAddress {
  readonly scheme: 'http' | 'https';
  readonly hostname: string;
  readonly port: number;
}

/** Where names without a host are sought instead of Ollama's registry. */
export interface RegistryMirror {
  readonly scheme: 'http' | 'https';
  /** With the port, where one is given. */
  readonly host: string;
  /** Put before the repository, without slashes at its ends: a proxy cache's project. Empty = none. */
  readonly prefix: string;
}

/** The way out of this network. `undefined` = directly. Texts may hold a password: never log one. */
export interface ProxySettings {
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** Hosts that are reached directly, as NO_PROXY spells them. */
  readonly except: readonly string[];
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
  /** CORRAL_PREFIX_CACHE: bytes that prefixes may take on disk; 0 = none are kept there. */
  readonly prefixCacheBytes: number;
  /** CORRAL_PREFIX_KEY_FILE: file with the key under which they are encrypted; undefined = they are not. */
  readonly prefixKeyFile: string | undefined;
  /** CORRAL_SPECULATION: whether answers are drafted from their own text, and checked, where that is faster. */
  readonly speculation: boolean;
  /** CORRAL_SPLIT_WEIGHTS: whether Q4_1 weights are computed by the faster kernels of Q4_0, each as it is. */
  readonly splitWeights: boolean;
  /** CORRAL_THREADS: threads per model; 0 = physical cores. */
  readonly threads: number;
  /** CORRAL_LIBRARY_DIR: folder of libllama instead of the npm package's; undefined = the package's. */
  readonly libraryDir: string | undefined;
  /** CORRAL_REGISTRY_MIRROR */
  readonly registryMirror: RegistryMirror | undefined;
  /** CORRAL_REGISTRY_FALLBACK: whether Ollama's registry is asked for what the mirror doesn't have. */
  readonly registryFallback: boolean;
  /** CORRAL_REGISTRY_AUTH_HOSTS: token servers, besides the registry itself, that may be sent the registry's credentials. */
  readonly registryAuthHosts: readonly string[];
  /** CORRAL_DOWNLOAD_LIMIT: bytes per second of all downloads together; 0 = no limit. */
  readonly downloadLimitBytes: number;
  readonly proxy: ProxySettings;
  /** SSL_CERT_FILE: certificate authorities instead of the system's. */
  readonly certificateFile: string | undefined;
  /** NODE_EXTRA_CA_CERTS: further ones. */
  readonly extraCertificateFile: string | undefined;
  /** GPU selection variables passed on to the runner as they are. */
  readonly gpuEnvironment: Readonly<Record<string, string>>;
}
