/**
 * Output tokens of an answer where the caller names none. OpenAI's own API has no such limit, so that clients seldom name
 * one: coding agents never do, and take an answer that is cut off for a failure. As many are held.
 */
export const usualMaxTokens = 8192;
