/** Reads fields of a server's reply. The server may be another version or another program, so every type is checked here. */
export type JsonRecord = Readonly<Record<string, unknown>>;

const noFields: JsonRecord = {};

export function asRecord(value: unknown): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : noFields;
}

export function textField(record: JsonRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

export function numberField(record: JsonRecord, name: string): number {
  const value = record[name];
  return typeof value === 'number' ? value : 0;
}

export function listField(record: JsonRecord, name: string): readonly unknown[] {
  const value = record[name];
  return Array.isArray(value) ? (value as unknown[]) : [];
}
