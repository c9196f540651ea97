// SHA-256 and Ed25519 as the browser itself has them.
import { proof as say } from '../../strings/proof';
import { type Bytes, join, unhex, utf8 } from './bytes';

/** What this browser, on this page, has no means to do. */
export class Unable extends Error {
  override readonly name = 'Unable';
}

/** Browsers give it only to pages that came over https, or from this machine. */
function subtle(): SubtleCrypto {
  const found = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (!found) throw new Unable(say.unable.subtle);
  return found;
}

export const hasHashes = (): boolean => (globalThis.crypto.subtle as SubtleCrypto | undefined) !== undefined;

export async function sha256(...parts: readonly Bytes[]): Promise<Bytes> {
  return new Uint8Array(await subtle().digest('SHA-256', join(...parts)));
}

const ALGORITHM = 'Ed25519';

/** Whether a signature is that of a key. A key that is none signs nothing. */
export async function isSignedBy(key: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  try {
    const imported = await subtle().importKey('raw', key, ALGORITHM, false, ['verify']);
    return await subtle().verify(ALGORITHM, imported, signature, message);
  } catch (error) {
    if (error instanceof Unable) throw error;
    return false;
  }
}

// RFC 8032, section 7.1, the second test.
const KNOWN = {
  key: unhex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  message: Uint8Array.of(0x72),
  signature: join(
    unhex('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da'),
    unhex('085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'),
  ),
};

/** Older browsers have no Ed25519: they are asked for what is known to be right, and for what is known to be wrong. */
export async function canVerify(): Promise<boolean> {
  const { key, message, signature } = KNOWN;
  return (await isSignedBy(key, signature, message)) && !(await isSignedBy(key, signature, utf8('another')));
}
