/**
 * All settings from the environment, once. The object literal below is the one table: each row gives a setting its variable, its
 * kind, its default and its meaning, and both the value and the listing come from it.
 *
 * A bad value never stops the start: its default is used and a warning says so, as users of Ollama's variables expect.
 */
import { join, resolve } from 'node:path';
import { defaultHostAddress } from './host-address.ts';
import { readCloudDisabled } from './server-file.ts';
import { proxyKind, registryMirrorKind } from './network-kinds.ts';
import {
  automaticCountKind,
  byteCountKind,
  byteLimitKind,
  byteRateKind,
  countKind,
  flashAttentionKind,
  folderKind,
  hostKind,
  keepAliveKind,
  kvCacheKind,
  listKind,
  logLevelKind,
  optionalFolderKind,
  optionalSwitchKind,
  optionalTextKind,
  switchKind,
  timeoutKind,
  type SettingKind,
} from './setting-kinds.ts';
import type { SettingReport } from './settings-report.ts';
import type { Settings } from './settings.ts';

export interface SettingsReading {
  readonly settings: Settings;
  /** Every setting in the order in which it is listed. */
  readonly report: readonly SettingReport[];
  /** One sentence each, without a full stop, for the log. */
  readonly warnings: readonly string[];
}

const minuteMs = 60_000;

const gpuVariables = [
  ['CUDA_VISIBLE_DEVICES', 'NVIDIA devices that may be used'],
  ['HIP_VISIBLE_DEVICES', 'AMD devices that may be used, by number'],
  ['ROCR_VISIBLE_DEVICES', 'AMD devices that may be used, by number or id'],
  ['GGML_VK_VISIBLE_DEVICES', 'Vulkan devices that may be used'],
  ['GPU_DEVICE_ORDINAL', 'AMD devices that may be used, by ordinal'],
  ['HSA_OVERRIDE_GFX_VERSION', 'Version that AMD devices are taken for'],
] as const;

/** Variables of Ollama that mean nothing here: set on purpose, they deserve a word. */
const withoutEffect = [
  'OLLAMA_AUTH',
  'OLLAMA_GPU_OVERHEAD',
  'OLLAMA_IGPU_ENABLE',
  'OLLAMA_LLM_LIBRARY',
  'OLLAMA_MAX_TRANSFER_STREAMS',
  'OLLAMA_REMOTES',
  'OLLAMA_SCHED_SPREAD',
  'OLLAMA_VULKAN',
] as const;

interface Row<Value> {
  readonly name: string;
  readonly kind: SettingKind<Value>;
  readonly fallback: Value;
  readonly meaning: string;
  /** Another spelling of the name, looked at when the first is not set. */
  readonly otherName?: string;
}

/** The effective settings for a user whose home folder is `homedir`. Reads `server.json`; writes nothing. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  homedir: string,
): SettingsReading {
  const report: SettingReport[] = [];
  const warnings: string[] = [];
  const homeDir = join(resolve(homedir), '.ollama');

  const setting = <Value>({ name, kind, fallback, meaning, otherName }: Row<Value>): Value => {
    const text = clean(environment[name] ?? (otherName === undefined ? undefined : environment[otherName]));
    const given = text === '' ? undefined : kind.read(text, (reason) => warnings.push(`${name}: ${reason}`));
    if (text !== '' && given === undefined) {
      // An address that is not understood may hold a password all the same.
      const quoted = text.includes('@') ? '' : ` ${JSON.stringify(text)}`;
      warnings.push(`${name}: invalid value${quoted}, the default ${shown(kind.show(fallback))} is used`);
    }
    const value = given === undefined ? fallback : given;
    const source = given === undefined ? 'default' : 'environment';
    report.push({ name, value: kind.show(value), source, default: kind.show(fallback), meaning });
    return value;
  };

  const settings: Settings = {
    homeDir,
    host: setting({
      name: 'OLLAMA_HOST',
      kind: hostKind,
      fallback: defaultHostAddress,
      meaning: 'Address the server listens on and the commands talk to',
    }),
    modelsDir: setting({
      name: 'OLLAMA_MODELS',
      kind: folderKind,
      fallback: join(homeDir, 'models'),
      meaning: 'Folder of the model store, shared with Ollama',
    }),
    keepAliveMs: setting({
      name: 'OLLAMA_KEEP_ALIVE',
      kind: keepAliveKind,
      fallback: 5 * minuteMs,
      meaning: 'How long a model stays loaded after its last use; below zero for ever',
    }),
    loadTimeoutMs: setting({
      name: 'OLLAMA_LOAD_TIMEOUT',
      kind: timeoutKind,
      fallback: 5 * minuteMs,
      meaning: 'Silence after which loading a model is given up; zero or less for never',
    }),
    contextTokens: setting({
      name: 'OLLAMA_CONTEXT_LENGTH',
      kind: automaticCountKind,
      fallback: 0,
      meaning: 'Context length in tokens where a request or model names none',
    }),
    numParallel: setting({
      name: 'OLLAMA_NUM_PARALLEL',
      kind: automaticCountKind,
      fallback: 0,
      meaning: 'Requests that one model works on at the same time',
    }),
    maxLoadedModels: setting({
      name: 'OLLAMA_MAX_LOADED_MODELS',
      kind: automaticCountKind,
      fallback: 0,
      meaning: 'Models loaded at the same time',
    }),
    maxQueue: setting({
      name: 'OLLAMA_MAX_QUEUE',
      kind: countKind,
      fallback: 512,
      meaning: 'Requests that may wait before more are refused',
    }),
    memoryLimitBytes: setting({
      name: 'CORRAL_MEMORY_LIMIT',
      kind: byteLimitKind,
      fallback: 0,
      meaning: 'Memory that all models together may take, such as 8GiB',
    }),
    kvCells: setting({
      name: 'CORRAL_KV_CELLS',
      kind: automaticCountKind,
      fallback: 0,
      meaning: 'Tokens that the KV cache of one model holds for all its requests',
    }),
    threads: setting({
      name: 'CORRAL_THREADS',
      kind: automaticCountKind,
      fallback: 0,
      meaning: 'Threads that one model computes with',
    }),
    prefixCacheBytes: setting({
      name: 'CORRAL_PREFIX_CACHE',
      kind: byteCountKind,
      fallback: 4 * 1024 ** 3,
      meaning: 'Disk space for prompts that are kept computed across restarts, such as 10GiB; 0 for none',
    }),
    prefixKeyFile: setting({
      name: 'CORRAL_PREFIX_KEY_FILE',
      kind: optionalFolderKind,
      fallback: undefined,
      meaning: 'File with the key under which kept prompts are encrypted',
    }),
    speculation: setting({
      name: 'CORRAL_SPECULATION',
      kind: switchKind,
      fallback: true,
      meaning: 'Whether answers are drafted from their own text and checked, where that is faster',
    }),
    splitWeights: setting({
      name: 'CORRAL_SPLIT_WEIGHTS',
      kind: switchKind,
      fallback: true,
      meaning: 'Whether Q4_1 weights are computed by the faster kernels of Q4_0, from a second copy of the file',
    }),
    flashAttention: setting({
      name: 'OLLAMA_FLASH_ATTENTION',
      kind: flashAttentionKind,
      fallback: 'auto',
      meaning: 'Flash attention: auto, true or false',
    }),
    kvCacheType: setting({
      name: 'OLLAMA_KV_CACHE_TYPE',
      kind: kvCacheKind,
      fallback: 'f16',
      meaning: 'Precision of the KV cache: f16, q8_0 or q4_0',
    }),
    goTemplate: setting({
      name: 'OLLAMA_GO_TEMPLATE',
      kind: optionalSwitchKind,
      fallback: undefined,
      meaning: "Whether a model's Go template is used rather than its own jinja template",
    }),
    libraryDir: setting({
      name: 'CORRAL_LIBRARY_DIR',
      kind: optionalFolderKind,
      fallback: undefined,
      meaning: 'Folder of the native library instead of the installed package',
    }),
    origins: setting({
      name: 'OLLAMA_ORIGINS',
      kind: listKind,
      fallback: [],
      meaning: 'Further origins from which web pages may call the server, separated by commas',
    }),
    logLevel: setting({
      name: 'OLLAMA_DEBUG',
      kind: logLevelKind,
      fallback: 'info',
      meaning: 'Level of the log: 1 for debug, 2 for trace',
    }),
    logRequests: setting({
      name: 'OLLAMA_DEBUG_LOG_REQUESTS',
      kind: switchKind,
      fallback: false,
      meaning: 'Whether each request is logged',
    }),
    noPrune: setting({
      name: 'OLLAMA_NOPRUNE',
      kind: switchKind,
      fallback: false,
      meaning: 'Whether unused blobs are kept',
    }),
    noHistory: setting({
      name: 'OLLAMA_NOHISTORY',
      kind: switchKind,
      fallback: false,
      meaning: 'Whether `run` keeps no history of what was typed',
    }),
    editor: setting({
      name: 'OLLAMA_EDITOR',
      kind: optionalTextKind,
      fallback: undefined,
      meaning: 'Editor that `run` opens for long messages',
    }),
    registryMirror: setting({
      name: 'CORRAL_REGISTRY_MIRROR',
      kind: registryMirrorKind,
      fallback: undefined,
      meaning: "Registry where names without a host are sought instead of Ollama's: [http://]host[:port][/project]",
    }),
    registryFallback: setting({
      name: 'CORRAL_REGISTRY_FALLBACK',
      kind: switchKind,
      fallback: false,
      meaning: "Whether Ollama's registry is asked for what the mirror does not have",
    }),
    registryAuthHosts: setting({
      name: 'CORRAL_REGISTRY_AUTH_HOSTS',
      kind: listKind,
      fallback: [],
      meaning: 'Token servers besides the registries themselves that may be sent credentials, separated by commas',
    }),
    downloadLimitBytes: setting({
      name: 'CORRAL_DOWNLOAD_LIMIT',
      kind: byteRateKind,
      fallback: 0,
      meaning: 'Bytes per second that all downloads together may take, such as 20MB',
    }),
    proxy: {
      https: setting({
        name: 'HTTPS_PROXY',
        otherName: 'https_proxy',
        kind: proxyKind,
        fallback: undefined,
        meaning: 'Proxy for connections to https registries',
      }),
      http: setting({
        name: 'HTTP_PROXY',
        otherName: 'http_proxy',
        kind: proxyKind,
        fallback: undefined,
        meaning: 'Proxy for connections to http registries',
      }),
      except: setting({
        name: 'NO_PROXY',
        otherName: 'no_proxy',
        kind: listKind,
        fallback: [],
        meaning: 'Hosts, domains and networks that are reached without the proxy, separated by commas',
      }),
    },
    certificateFile: setting({
      name: 'SSL_CERT_FILE',
      kind: optionalFolderKind,
      fallback: undefined,
      meaning: "File of the certificate authorities to trust instead of the system's",
    }),
    extraCertificateFile: setting({
      name: 'NODE_EXTRA_CA_CERTS',
      kind: optionalFolderKind,
      fallback: undefined,
      meaning: 'File of further certificate authorities to trust',
    }),
    cloudDisabledBy: readCloudSwitch(setting, report, warnings, join(homeDir, 'server.json')),
    gpuEnvironment: readGpuEnvironment(environment, report),
  };
  for (const name of withoutEffect) {
    if (clean(environment[name]) !== '') warnings.push(`${name}: has no effect in Corral`);
  }
  return { settings: withPossibleCache(settings, report, warnings), report, warnings };
}

/** The engine computes with quantised V only in flash attention. As in Ollama, f16 stands in where that is off. */
function withPossibleCache(settings: Settings, report: SettingReport[], warnings: string[]): Settings {
  if (settings.flashAttention !== 'off' || settings.kvCacheType === 'f16') return settings;
  const name = 'OLLAMA_KV_CACHE_TYPE';
  warnings.push(`${name}: ${settings.kvCacheType} needs flash attention, which is switched off; f16 is used`);
  const row = report.findIndex((one) => one.name === name);
  if (report[row] !== undefined) report[row] = { ...report[row], value: 'f16' };
  return { ...settings, kvCacheType: 'f16' };
}

/** OLLAMA_NO_CLOUD and `server.json` say the same; either is enough. */
function readCloudSwitch(
  setting: (row: Row<boolean>) => boolean,
  report: SettingReport[],
  warnings: string[],
  serverFile: string,
): Settings['cloudDisabledBy'] {
  const byEnvironment = setting({
    name: 'OLLAMA_NO_CLOUD',
    kind: switchKind,
    fallback: false,
    meaning: 'Cloud features are never on here; this only answers clients that ask',
  });
  const byFile = readCloudDisabled(serverFile, (reason) => warnings.push(`server.json: ${reason}`));
  if (!byFile) return byEnvironment ? 'env' : 'none';
  if (byEnvironment) return 'both';
  const row = report.pop();
  if (row !== undefined) report.push({ ...row, value: 'true', source: 'file' });
  return 'config';
}

// As they are, quotes and blanks too: the driver reads them, and an empty list of devices means none of them.
function readGpuEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  report: SettingReport[],
): Readonly<Record<string, string>> {
  const passedOn: Record<string, string> = {};
  for (const [name, meaning] of gpuVariables) {
    const value = environment[name];
    if (value !== undefined) passedOn[name] = value;
    report.push({
      name,
      value: value ?? '',
      source: value === undefined ? 'default' : 'environment',
      default: '',
      meaning,
    });
  }
  return passedOn;
}

/** Values come from unit files and dialogs with blanks and quotes around them. */
function clean(text: string | undefined): string {
  return (text ?? '')
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
}

function shown(text: string): string {
  return text === '' ? '(none)' : text;
}
