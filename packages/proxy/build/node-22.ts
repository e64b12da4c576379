/** What the sources use and Node 22 does not have: it is written into the bundles in its place. */
export { escaped as 'RegExp.escape' };

declare global {
  interface RegExpConstructor {
    escape(text: string): string;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
