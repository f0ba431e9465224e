import type { EntryRole } from '../scenario.ts';
import type { BenchServer } from './bench-server.ts';

/** A server as a table names it, where one program runs in several ways. */
export interface LabelledServer {
  readonly server: BenchServer;
  readonly label: string;
  readonly role: EntryRole;
}
