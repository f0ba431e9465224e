/** The environment of a runner: an allow-list, so that no secret of the server's environment reaches native code. */

/** What the C library, the loader of Windows and the GPU drivers need to find their way. */
const passedOn = ['LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'windir', 'HSA_OVERRIDE_GFX_VERSION'];

export function runnerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  libraryDir: string | undefined,
  gpuEnvironment: Readonly<Record<string, string>>,
): Record<string, string> {
  const allowed: Record<string, string> = { ...gpuEnvironment };
  for (const name of passedOn) {
    const value = environment[name];
    if (value !== undefined) allowed[name] = value;
  }
  if (libraryDir !== undefined) allowed['CORRAL_LIBRARY_DIR'] = libraryDir;
  return allowed;
}
