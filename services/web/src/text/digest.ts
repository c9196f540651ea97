// The checksum of a text, made by the browser itself.

/** SHA-256 of the text as UTF-8, hexadecimal; null where the browser has none: pages that did not come over https. */
export async function sha256(text: string): Promise<string | null> {
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) return null;
  const bytes = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
