/** Takes a model out of a server's store, with the blobs that nobody else needs. Throws with the server's words. */
export async function deleteModel(url: string, model: string, signal: AbortSignal): Promise<void> {
  const reply = await fetch(`${url}/api/delete`, { method: 'DELETE', body: JSON.stringify({ model }), signal });
  if (!reply.ok) throw new Error(`status ${reply.status}: ${await reply.text()}`);
}
