import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.ts';
import { renderSettingsReport } from './settings-report.ts';
import type { Settings } from './settings.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'corral-settings-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

describe('readSettings', () => {
  it('has a default for everything', () => {
    const { settings, report, warnings } = readSettings({}, home);
    expect(settings).toEqual({
      host: { scheme: 'http', hostname: '127.0.0.1', port: 11434 },
      homeDir: join(home, '.ollama'),
      modelsDir: join(home, '.ollama', 'models'),
      keepAliveMs: 300_000,
      loadTimeoutMs: 300_000,
      contextTokens: 0,
      numParallel: 0,
      maxLoadedModels: 0,
      maxQueue: 512,
      origins: [],
      logLevel: 'info',
      logRequests: false,
      flashAttention: 'auto',
      kvCacheType: 'f16',
      goTemplate: undefined,
      noPrune: false,
      noHistory: false,
      cloudDisabledBy: 'none',
      editor: undefined,
      memoryLimitBytes: 0,
      kvCells: 0,
      threads: 0,
      prefixCacheBytes: 4 * 1024 ** 3,
      prefixKeyFile: undefined,
      speculation: true,
      splitWeights: true,
      libraryDir: undefined,
      registryMirror: undefined,
      registryFallback: false,
      registryAuthHosts: [],
      downloadLimitBytes: 0,
      proxy: { https: undefined, http: undefined, except: [] },
      certificateFile: undefined,
      extraCertificateFile: undefined,
      gpuEnvironment: {},
    } satisfies Settings);
    expect(warnings).toEqual([]);
    expect(report.every((row) => row.source === 'default' && row.value === row.default)).toBe(true);
    expect(new Set(report.map((row) => row.name)).size).toBe(report.length);
  });

  const values: [name: string, text: string, field: keyof Settings, value: unknown][] = [
    ['OLLAMA_KEEP_ALIVE', '1h30m', 'keepAliveMs', 5_400_000],
    ['OLLAMA_KEEP_ALIVE', '90', 'keepAliveMs', 90_000],
    ['OLLAMA_KEEP_ALIVE', '0', 'keepAliveMs', 0],
    ['OLLAMA_KEEP_ALIVE', '-1', 'keepAliveMs', Infinity],
    ['OLLAMA_KEEP_ALIVE', '-1m', 'keepAliveMs', Infinity],
    ['OLLAMA_KEEP_ALIVE', ' "10m" ', 'keepAliveMs', 600_000],
    ['OLLAMA_KEEP_ALIVE', '', 'keepAliveMs', 300_000],
    ['CORRAL_DOWNLOAD_LIMIT', '20MB/s', 'downloadLimitBytes', 20_000_000],
    ['CORRAL_DOWNLOAD_LIMIT', '512KiB', 'downloadLimitBytes', 524_288],
    [
      'CORRAL_REGISTRY_MIRROR',
      'mirror.lan:5000',
      'registryMirror',
      { scheme: 'https', host: 'mirror.lan:5000', prefix: '' },
    ],
    [
      'CORRAL_REGISTRY_MIRROR',
      'http://127.0.0.1:5000/ollama-cache/',
      'registryMirror',
      { scheme: 'http', host: '127.0.0.1:5000', prefix: 'ollama-cache' },
    ],
    ['HTTPS_PROXY', 'proxy.lan:3128', 'proxy', { https: 'http://proxy.lan:3128/', http: undefined, except: [] }],
    ['https_proxy', 'https://proxy.lan', 'proxy', { https: 'https://proxy.lan/', http: undefined, except: [] }],
    ['NO_PROXY', '.lan, 10.0.0.0/8', 'proxy', { https: undefined, http: undefined, except: ['.lan', '10.0.0.0/8'] }],
    ['OLLAMA_LOAD_TIMEOUT', '0', 'loadTimeoutMs', Infinity],
    ['OLLAMA_LOAD_TIMEOUT', '-5', 'loadTimeoutMs', Infinity],
    ['OLLAMA_LOAD_TIMEOUT', '20s', 'loadTimeoutMs', 20_000],
    ['OLLAMA_CONTEXT_LENGTH', '8192', 'contextTokens', 8192],
    ['OLLAMA_NUM_PARALLEL', '4', 'numParallel', 4],
    ['OLLAMA_MAX_LOADED_MODELS', "'3'", 'maxLoadedModels', 3],
    ['OLLAMA_MAX_QUEUE', '0', 'maxQueue', 0],
    ['OLLAMA_ORIGINS', 'http://a.test, app://*,', 'origins', ['http://a.test', 'app://*']],
    ['OLLAMA_DEBUG', '1', 'logLevel', 'debug'],
    ['OLLAMA_DEBUG', 'true', 'logLevel', 'debug'],
    ['OLLAMA_DEBUG', '2', 'logLevel', 'trace'],
    ['OLLAMA_DEBUG', '9', 'logLevel', 'trace'],
    ['OLLAMA_DEBUG', '-1', 'logLevel', 'warn'],
    ['OLLAMA_DEBUG', '-7', 'logLevel', 'error'],
    ['OLLAMA_DEBUG', 'false', 'logLevel', 'info'],
    ['OLLAMA_DEBUG_LOG_REQUESTS', '1', 'logRequests', true],
    ['OLLAMA_FLASH_ATTENTION', 'true', 'flashAttention', 'on'],
    ['OLLAMA_FLASH_ATTENTION', '0', 'flashAttention', 'off'],
    ['OLLAMA_FLASH_ATTENTION', 'auto', 'flashAttention', 'auto'],
    ['OLLAMA_KV_CACHE_TYPE', 'Q8_0', 'kvCacheType', 'q8_0'],
    ['OLLAMA_GO_TEMPLATE', '1', 'goTemplate', true],
    ['OLLAMA_GO_TEMPLATE', 'F', 'goTemplate', false],
    ['OLLAMA_NOPRUNE', 'off', 'noPrune', true],
    ['OLLAMA_NOPRUNE', 'false', 'noPrune', false],
    ['OLLAMA_NOHISTORY', 'yes', 'noHistory', true],
    ['OLLAMA_NO_CLOUD', '1', 'cloudDisabledBy', 'env'],
    ['OLLAMA_EDITOR', ' vim -u NONE ', 'editor', 'vim -u NONE'],
    ['OLLAMA_MODELS', '/srv/models/', 'modelsDir', '/srv/models'],
    ['CORRAL_MEMORY_LIMIT', '4GiB', 'memoryLimitBytes', 4 * 1024 ** 3],
    ['CORRAL_MEMORY_LIMIT', '1.5 GB', 'memoryLimitBytes', 1.5e9],
    ['CORRAL_MEMORY_LIMIT', '8g', 'memoryLimitBytes', 8 * 1024 ** 3],
    ['CORRAL_MEMORY_LIMIT', '1000', 'memoryLimitBytes', 1000],
    ['CORRAL_KV_CELLS', '16384', 'kvCells', 16384],
    ['CORRAL_THREADS', '2', 'threads', 2],
    ['CORRAL_SPECULATION', '0', 'speculation', false],
    ['CORRAL_LIBRARY_DIR', '/opt/llama', 'libraryDir', '/opt/llama'],
  ];
  it.each(values)('%s=%s', (name, text, field, value) => {
    const { settings, warnings } = readSettings({ [name]: text }, home);
    expect(settings[field]).toEqual(value);
    expect(warnings).toEqual([]);
  });

  const unreadable: [name: string, text: string, field: keyof Settings, value: unknown, warning: string][] = [
    [
      'OLLAMA_KEEP_ALIVE',
      'soon',
      'keepAliveMs',
      300_000,
      'OLLAMA_KEEP_ALIVE: invalid value "soon", the default 5m0s is used',
    ],
    [
      'CORRAL_REGISTRY_MIRROR',
      'ftp://mirror.lan',
      'registryMirror',
      undefined,
      'CORRAL_REGISTRY_MIRROR: invalid value "ftp://mirror.lan", the default (none) is used',
    ],
    [
      'CORRAL_REGISTRY_MIRROR',
      'https://name:secret@mirror.lan',
      'registryMirror',
      undefined,
      'CORRAL_REGISTRY_MIRROR: invalid value, the default (none) is used',
    ],
    ['OLLAMA_MAX_QUEUE', '-1', 'maxQueue', 512, 'OLLAMA_MAX_QUEUE: invalid value "-1", the default 512 is used'],
    ['OLLAMA_MAX_QUEUE', '1e3', 'maxQueue', 512, 'OLLAMA_MAX_QUEUE: invalid value "1e3", the default 512 is used'],
    [
      'OLLAMA_CONTEXT_LENGTH',
      '+5',
      'contextTokens',
      0,
      'OLLAMA_CONTEXT_LENGTH: invalid value "+5", the default auto is used',
    ],
    [
      'OLLAMA_NUM_PARALLEL',
      '9'.repeat(30),
      'numParallel',
      0,
      `OLLAMA_NUM_PARALLEL: invalid value "${'9'.repeat(30)}", the default auto is used`,
    ],
    [
      'OLLAMA_KV_CACHE_TYPE',
      'q5',
      'kvCacheType',
      'f16',
      'OLLAMA_KV_CACHE_TYPE: invalid value "q5", the default f16 is used',
    ],
    ['OLLAMA_DEBUG', 'yes', 'logLevel', 'info', 'OLLAMA_DEBUG: invalid value "yes", the default info is used'],
    [
      'CORRAL_MEMORY_LIMIT',
      'lots',
      'memoryLimitBytes',
      0,
      'CORRAL_MEMORY_LIMIT: invalid value "lots", the default auto is used',
    ],
    ['OLLAMA_SCHED_SPREAD', '1', 'maxQueue', 512, 'OLLAMA_SCHED_SPREAD: has no effect in Corral'],
    [
      'OLLAMA_HOST',
      'h:x',
      'host',
      { scheme: 'http', hostname: 'h', port: 11434 },
      'OLLAMA_HOST: invalid port "x", 11434 is used',
    ],
  ];
  it.each(unreadable)('%s=%s falls back and says so', (name, text, field, value, warning) => {
    const { settings, warnings } = readSettings({ [name]: text }, home);
    expect(settings[field]).toEqual(value);
    expect(warnings).toEqual([warning]);
  });

  it('passes the choice of GPUs on as it is, and an empty one too', () => {
    const { settings } = readSettings({ CUDA_VISIBLE_DEVICES: '', HIP_VISIBLE_DEVICES: ' 0,1 ', PATH: '/bin' }, home);
    expect(settings.gpuEnvironment).toEqual({ CUDA_VISIBLE_DEVICES: '', HIP_VISIBLE_DEVICES: ' 0,1 ' });
  });

  it('uses f16 where a quantised cache is asked for without flash attention, and says so', () => {
    const environment = { OLLAMA_KV_CACHE_TYPE: 'q4_0', OLLAMA_FLASH_ATTENTION: 'false' };
    const { settings, report, warnings } = readSettings(environment, home);
    expect(settings).toMatchObject({ kvCacheType: 'f16', flashAttention: 'off' });
    expect(report.find(({ name }) => name === 'OLLAMA_KV_CACHE_TYPE')).toMatchObject({ value: 'f16' });
    expect(warnings).toEqual(['OLLAMA_KV_CACHE_TYPE: q4_0 needs flash attention, which is switched off; f16 is used']);
    expect(readSettings({ ...environment, OLLAMA_FLASH_ATTENTION: '1' }, home).settings.kvCacheType).toBe('q4_0');
  });

  it('takes any text for any setting without failing', () => {
    const names = readSettings({}, home).report.map((row) => row.name);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), (environment) => {
        const { settings, report } = readSettings(environment, home);
        expect(Object.values(settings).some((value) => Number.isNaN(value))).toBe(false);
        expect(renderSettingsReport(report).split('\n').length).toBe(names.length + 2);
      }),
    );
  });
});

describe('server.json', () => {
  const write = (text: string): void => {
    mkdirSync(join(home, '.ollama'), { recursive: true });
    writeFileSync(join(home, '.ollama', 'server.json'), text);
  };

  it('switches cloud features off, alone or with the variable', () => {
    write('{"disable_ollama_cloud":true,"other":1}');
    const alone = readSettings({}, home);
    expect(alone.settings.cloudDisabledBy).toBe('config');
    expect(alone.report.find((row) => row.name === 'OLLAMA_NO_CLOUD')).toMatchObject({ value: 'true', source: 'file' });
    expect(readSettings({ OLLAMA_NO_CLOUD: '1' }, home).settings.cloudDisabledBy).toBe('both');
    expect(readSettings({ OLLAMA_NO_CLOUD: '0' }, home).settings.cloudDisabledBy).toBe('config');
  });

  it.each(['{}', '{"disable_ollama_cloud":null}', '{"disable_ollama_cloud":false}'])('%s switches nothing', (text) => {
    write(text);
    expect(readSettings({}, home)).toMatchObject({ settings: { cloudDisabledBy: 'none' }, warnings: [] });
  });

  it.each(['', '[]', '{"disable_ollama_cloud":"yes"}', '{'])('%j is ignored with a warning', (text) => {
    write(text);
    const { settings, warnings } = readSettings({}, home);
    expect(settings.cloudDisabledBy).toBe('none');
    expect(warnings).toEqual([
      'server.json: the file is not readable as {"disable_ollama_cloud": true|false} and is ignored',
    ]);
  });
});

describe('renderSettingsReport', () => {
  it('aligns its columns, also with wide letters, and lets no control character through', () => {
    const row = { source: 'environment', default: '', meaning: 'M' } as const;
    const report = [
      { ...row, name: 'A', value: '모델' },
      { ...row, name: 'LONGER', value: 'x\u001b[31m' },
    ];
    expect(renderSettingsReport(report).split('\n')).toEqual([
      'NAME    VALUE          SOURCE       DEFAULT  MEANING',
      'A       모델           environment  -        M',
      'LONGER  "x\\u001b[31m"  environment  -        M',
      '',
    ]);
  });

  it('lists every setting with its source', () => {
    const { report } = readSettings({ OLLAMA_KEEP_ALIVE: '-1', CORRAL_MEMORY_LIMIT: '8GB' }, '/home/somebody');
    const lines = renderSettingsReport(report).split('\n');
    expect(lines.find((line) => line.startsWith('OLLAMA_KEEP_ALIVE'))).toMatch(/ forever +environment +5m0s +How long/);
    expect(lines.find((line) => line.startsWith('CORRAL_MEMORY_LIMIT'))).toMatch(/ 8 GB +environment +auto +Memory/);
    expect(lines.find((line) => line.startsWith('OLLAMA_HOST'))).toMatch(/ http:\/\/127.0.0.1:11434 +default /);
  });
});
