import { writeFile } from 'node:fs/promises';

/** What the kernel should end first when memory runs out: the child, not the server (0..1000 on top of the usual score). */
const outOfMemoryScore = 600;

/** Offers a child to the kernel for the case that memory runs out. */
export function preferAsVictim(pid: number | undefined): void {
  if (process.platform !== 'linux' || pid === undefined) return;
  // Best effort: without the right to raise it, the kernel's own choice stands.
  writeFile(`/proc/${pid}/oom_score_adj`, String(outOfMemoryScore)).catch(() => {});
}
