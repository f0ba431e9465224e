/**
 * A registry on loopback with one model, as fast as a process can be: everything lies in memory. A blob's GET is redirected to another name
 * of this host first, because real Ollama takes the address behind a redirect for the download.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { Scope } from '../processes/scope.ts';
import type { Weights } from './fresh-weights.ts';

export interface WeightsRegistry {
  /** What a client pulls. */
  readonly modelName: string;
  /** From now on the model has these weights. */
  serve(weights: Weights): void;
}

const modelPath = '/v2/bench/weights';
const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

export async function startWeightsRegistry(scope: Scope): Promise<WeightsRegistry> {
  let blobs = new Map<string, Buffer>();
  let manifest = '';
  const server = http.createServer((request, response) => {
    const url = request.url ?? '';
    const digest = url.startsWith(`${modelPath}/blobs/`) ? url.slice(`${modelPath}/blobs/`.length) : '';
    const bytes = url === `${modelPath}/manifests/latest` ? Buffer.from(manifest) : blobs.get(digest);
    const host = request.headers.host ?? '';
    if (bytes === undefined) {
      response.writeHead(404).end();
    } else if (digest !== '' && request.method === 'GET' && host.startsWith('127.')) {
      response.writeHead(307, { Location: `http://localhost:${host.split(':')[1] ?? ''}${url}` }).end();
    } else {
      send(request, response, bytes, digest === '' ? manifestType : 'application/octet-stream');
    }
  });
  // Both names of this host lead here.
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  scope.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    modelName: `127.0.0.1:${port}/bench/weights:latest`,
    serve(weights) {
      const config = Buffer.from('{"model_format":"gguf","model_family":"llama","architecture":"amd64","os":"linux"}');
      const configDigest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
      blobs = new Map([
        [weights.digest, weights.bytes],
        [configDigest, config],
      ]);
      manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: {
          mediaType: 'application/vnd.docker.container.image.v1+json',
          digest: configDigest,
          size: config.length,
        },
        layers: [
          { mediaType: 'application/vnd.ollama.image.model', digest: weights.digest, size: weights.bytes.length },
        ],
      });
    },
  };
}

function send(request: http.IncomingMessage, response: http.ServerResponse, bytes: Buffer, type: string): void {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = to === undefined || to === '' ? bytes.length : Number(to) + 1;
  response.writeHead(from === undefined ? 200 : 206, {
    'Content-Type': type,
    'Content-Length': end - start,
    'Accept-Ranges': 'bytes',
    ...(from !== undefined && { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}` }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes.subarray(start, end));
}
