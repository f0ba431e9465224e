/** The frames of a stream, and a ping whenever there has been none for a while: proxies close connections that are silent. */

export async function* pingWhileSilent(
  frames: AsyncIterable<string>,
  ping: string,
  silentMs: number,
): AsyncGenerator<string, void, undefined> {
  const source = frames[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = source.next();
      // Should the client go while a ping is written, nobody awaits this any more.
      next.catch(() => {});
      for (;;) {
        const frame = await firstOf(next, silentMs);
        if (frame === 'silent') {
          yield ping;
          continue;
        }
        if (frame.done === true) return;
        yield frame.value;
        break;
      }
    }
  } finally {
    await source.return?.();
  }
}

async function firstOf<Value>(value: Promise<Value>, silentMs: number): Promise<Value | 'silent'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silent'>((resolve) => {
    timer = setTimeout(resolve, silentMs, 'silent');
  });
  try {
    return await Promise.race([value, silence]);
  } finally {
    clearTimeout(timer);
  }
}
