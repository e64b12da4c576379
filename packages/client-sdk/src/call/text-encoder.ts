/**
 * What the built files take for `TextEncoder`, so that they load where there is none, as in jest's jsdom.
 *
 * @see https://developer.mozilla.org/en-US/docs/Web/API/TextEncoder
 */
export const TextEncoder: new () => { encode(text: string): Uint8Array } =
  globalThis.TextEncoder ??
  class {
    encode(text: string) {
      const utf8 = encodeURIComponent(text).replace(/%(..)/g, (_, hex) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      return Uint8Array.from(utf8, (byte) => byte.charCodeAt(0));
    }
  };
