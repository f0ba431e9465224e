/** A line between a client and a server that counts, cuts and damages what goes over it. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttingProxy {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Towards the client. */
  downBytes: number;
  /** Towards the server. */
  upBytes: number;
  /** Each connection ends after this many bytes towards the client. */
  cutDownAfter: number;
  /** Each connection ends after this many bytes towards the server. */
  cutUpAfter: number;
  /** How often connections may still be cut. */
  cutsLeft: number;
  close(): Promise<void>;
}

export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const pair = [client, upstream];
    const end = () => {
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    let down = 0;
    let up = 0;
    upstream.on('data', (bytes) => {
      down += bytes.length;
      proxy.downBytes += bytes.length;
      pass(upstream, client, bytes, down > proxy.cutDownAfter);
    });
    client.on('data', (bytes) => {
      up += bytes.length;
      proxy.upBytes += bytes.length;
      pass(client, upstream, bytes, up > proxy.cutUpAfter);
    });

    function pass(from: Socket, to: Socket, bytes: Buffer, isOver: boolean): void {
      if (isOver && proxy.cutsLeft > 0) {
        proxy.cutsLeft--;
        end();
      } else if (!to.write(bytes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: CuttingProxy = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    downBytes: 0,
    upBytes: 0,
    cutDownAfter: Infinity,
    cutUpAfter: Infinity,
    cutsLeft: Infinity,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
