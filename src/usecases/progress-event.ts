/** What create, pull and push tell while they work; one line of the reply each. Absent fields are not written. */
export interface ProgressEvent {
  readonly status: string;
  readonly digest?: string;
  /** Bytes. */
  readonly total?: number;
  readonly completed?: number;
}
