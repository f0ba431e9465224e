/** This process's environment without the settings of the contestants, which would tilt what is measured, and with `extra`. */
export function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(OLLAMA|CORRAL|LLAMA|GGML)_/.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}
