/** Everything that talks to registries, put together once per server. */
import type { Settings } from '../config/settings.ts';
import type { ModelName } from '../formats/model-name.ts';
import { openCredentialsFile, type Credentials, type CredentialsFile } from './auth/credentials-file.ts';
import { createBandwidthLimit, type BandwidthLimit } from './bandwidth-limit.ts';
import { checkLogin } from './check-login.ts';
import { usualTiming, type DownloadTiming } from './download-blob.ts';
import { createHttpClient } from './http/http-client.ts';
import { addressesToPull, addressOfName } from './registry-address.ts';
import { openRegistrySession, type RegistrySession } from './registry-session.ts';
import { SharedWork } from './shared-work.ts';

export interface DownloadProgress {
  /** Bytes that are in the store, from earlier times too. */
  completedBytes: () => number;
}

export interface RegistryClient {
  /** One session for each registry where the model is sought, the first one first. Throws `registry_denied` for http without `insecure`. */
  sessionsToPull(name: ModelName, insecure: boolean): readonly RegistrySession[];
  sessionToPush(name: ModelName, insecure: boolean): RegistrySession;
  readonly credentials: CredentialsFile;
  /** Throws RegistryError when the registry refuses the credentials. */
  checkLogin(host: string, insecure: boolean, credentials: Credentials, signal: AbortSignal): Promise<void>;
  /** Of all downloads together. */
  readonly limit: BandwidthLimit;
  readonly timing: DownloadTiming;
  /** Downloads by digest. */
  readonly downloads: SharedWork<DownloadProgress>;
  close(): Promise<void>;
}

type RegistrySettings = Pick<
  Settings,
  | 'homeDir'
  | 'registryMirror'
  | 'registryFallback'
  | 'registryAuthHosts'
  | 'downloadLimitBytes'
  | 'proxy'
  | 'certificateFile'
  | 'extraCertificateFile'
>;

/** `version` is Ollama's API level with ours, as /api/version has it: some registries answer by client version. */
export function createRegistryClient(
  settings: RegistrySettings,
  version: string,
  timing: DownloadTiming = usualTiming,
): RegistryClient {
  const http = createHttpClient(settings);
  const credentials = openCredentialsFile(settings.homeDir);
  const policy = { mirror: settings.registryMirror, fallback: settings.registryFallback };
  const parts = {
    http,
    homeDir: settings.homeDir,
    authHosts: settings.registryAuthHosts,
    product: `ollama/${version} (${process.arch} ${process.platform}) corral`,
  };
  const sessionParts = { ...parts, findCredentials: (host: string) => credentials.find(host) };
  return {
    sessionsToPull: (name, insecure) =>
      addressesToPull(name, insecure, policy).map((address) => openRegistrySession(address, sessionParts)),
    sessionToPush: (name, insecure) => openRegistrySession(addressOfName(name, insecure), sessionParts),
    credentials,
    checkLogin: (host, insecure, login, signal) =>
      checkLogin({ scheme: insecure ? 'http' : 'https', host }, login, parts, signal),
    limit: createBandwidthLimit(settings.downloadLimitBytes),
    timing,
    downloads: new SharedWork<DownloadProgress>(),
    close: () => http.close(),
  };
}
