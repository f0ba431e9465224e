/** Puts the server on its address; when that is taken, finds out by whom, because it is nearly always an Ollama that still runs. */
import http from 'node:http';
import type { FastifyInstance } from 'fastify';
import { formatHostAddress } from '../config/host-address.ts';
import type { HostAddress } from '../config/settings.ts';
import { CorralError } from '../core/corral-error.ts';

/** Throws `port_in_use` or `bad_setting`. */
export async function listen(server: FastifyInstance, host: HostAddress): Promise<void> {
  try {
    await server.listen({ host: host.hostname, port: host.port });
  } catch (cause) {
    const address = formatHostAddress(host);
    switch ((cause as NodeJS.ErrnoException).code ?? '') {
      case 'EADDRINUSE':
        throw new CorralError('port_in_use', `${address} is already in use by ${await whoListens(host)}`, {
          hint: 'Stop that one, or choose another address with OLLAMA_HOST=127.0.0.1:PORT.',
          cause,
        });
      case 'EACCES':
        throw new CorralError('bad_setting', `no permission to listen on ${address}`, {
          hint: 'Ports below 1024 need special rights; choose another one with OLLAMA_HOST.',
          cause,
        });
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        throw new CorralError('bad_setting', `${address} is not an address of this machine`, {
          hint: 'OLLAMA_HOST must name an address of this machine, 127.0.0.1 or 0.0.0.0.',
          cause,
        });
      default:
        throw cause;
    }
  }
}

/** A server of our kind answers at once; anything else is not worth waiting for. */
const askTimeoutMs = 1_000;
const maxAnswerBytes = 4_096;

async function whoListens(host: HostAddress): Promise<string> {
  const version = await ask(host, '/api/version');
  if (version !== undefined && /"version"/.test(version)) {
    return version.includes('corral') ? 'another Corral server' : 'Ollama';
  }
  return (await ask(host, '/'))?.includes('Ollama is running') === true ? 'Ollama' : 'another program';
}

/** The beginning of the answer to a GET; undefined when there is none. */
function ask(host: HostAddress, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const target = { host: reachable(host.hostname), port: host.port, path, agent: false, timeout: askTimeoutMs };
    const request = http.get(target, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > maxAnswerBytes) response.destroy();
      });
      response.on('close', () => resolve(text));
    });
    request.on('timeout', () => request.destroy());
    // Whatever is wrong with it: it is no server that we know.
    request.on('error', () => resolve(undefined));
  });
}

/** A server on every address is reached on this machine's own. */
function reachable(hostname: string): string {
  if (hostname === '0.0.0.0' || hostname === '') return '127.0.0.1';
  return hostname === '::' ? '::1' : hostname;
}
