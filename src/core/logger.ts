/** Leveled log lines to one sink. Paths, prompts and secrets are the caller's duty to leave out. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  readonly level: LogLevel;
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const order: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** A logger that writes `time level message key=value` lines at `level` and above. */
export function createLogger(level: LogLevel, write: (line: string) => void): Logger {
  const lowest = order.indexOf(level);
  const at = (name: LogLevel) => {
    if (order.indexOf(name) < lowest) return () => {};
    return (message: string, fields: LogFields = {}) => {
      let line = `time=${new Date().toISOString()} level=${name.toUpperCase()} msg=${quote(message)}`;
      for (const [key, value] of Object.entries(fields)) {
        if (value !== undefined) line += ` ${key}=${quote(String(value))}`;
      }
      write(line + '\n');
    };
  };
  return {
    level,
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

// A value is quoted as soon as a reader could mistake where it ends; control characters never reach a terminal raw.
function quote(value: string): string {
  return /^[\w./:@%+-]+$/.test(value) ? value : JSON.stringify(value);
}

export const silentLogger: Logger = createLogger('error', () => {});
