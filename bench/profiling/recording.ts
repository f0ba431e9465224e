/** What the profile script and the recorder in the profiled processes agree on. */

export interface Recording {
  /** Unique within a folder; part of file names. */
  readonly name: string;
  readonly kind: 'cpu' | 'heap';
}

export type ProfiledRole = 'server' | 'runner';
export const profiledRoles: readonly ProfiledRole[] = ['server', 'runner'];

/** Names the folder of the order file and of the answers. */
export const folderVariable = 'CORRAL_PROFILE_FOLDER';
export const orderFile = 'order';
