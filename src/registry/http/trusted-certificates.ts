/**
 * The certificate authorities that registries are checked against: Node's own list, the system's (where companies install theirs, and
 * where Ollama looks), and what the environment names. SSL_CERT_FILE stands for the system's list, as in other programs.
 */
import { readFile } from 'node:fs/promises';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { CorralError } from '../../core/corral-error.ts';

export interface CertificateFiles {
  readonly certificateFile: string | undefined;
  readonly extraCertificateFile: string | undefined;
}

/** The first that exists is the system's list: Debian, Fedora, openSUSE, Alpine. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
] as const;

/** Made once: reading a few hundred certificates takes tens of milliseconds. Throws `bad_setting` for a file that can't be used. */
export async function trustedCertificates(files: CertificateFiles): Promise<SecureContext> {
  const { certificateFile, extraCertificateFile } = files;
  const authorities: string[] = [];
  if (certificateFile !== undefined) authorities.push(await readAuthorities('SSL_CERT_FILE', certificateFile));
  else authorities.push(...rootCertificates, ...(await systemAuthorities()));
  // Node itself reads it only where no list is given.
  if (extraCertificateFile !== undefined) {
    authorities.push(await readAuthorities('NODE_EXTRA_CA_CERTS', extraCertificateFile));
  }
  try {
    return createSecureContext({ ca: authorities });
  } catch (error) {
    throw unusable('SSL_CERT_FILE or NODE_EXTRA_CA_CERTS', error);
  }
}

async function systemAuthorities(): Promise<string[]> {
  for (const file of systemBundles) {
    try {
      return [await readFile(file, 'utf8')];
    } catch {
      // Another system keeps it elsewhere; without any, Node's own list remains.
    }
  }
  return [];
}

async function readAuthorities(setting: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(setting, error);
  }
}

function unusable(setting: string, cause: unknown): CorralError {
  return new CorralError('bad_setting', `the certificates of ${setting} can't be read`, {
    hint: 'It has to name a readable file with certificates in PEM format.',
    cause,
  });
}
