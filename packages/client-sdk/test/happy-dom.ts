/**
 * True in happy-dom, whose `fetch` does not say why a connection failed, and whose signals do not show their listeners to Node.
 * Tests of those two are skipped there.
 */
export const isHappyDom = 'happyDOM' in globalThis;
