const shownErrorChars = 300;

/** Throws with the server's words for an error status. */
export async function postJson(url: string, body: unknown, signal: AbortSignal): Promise<Response> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  if (reply.ok) return reply;
  throw new Error(`status ${reply.status}: ${(await reply.text()).slice(0, shownErrorChars)}`);
}
