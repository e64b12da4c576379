import * as z from 'zod/mini';

/** Allowed names of teams, plans and keys. They are part of resource ids, table keys and metadata. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A name of a team, a plan or a key. */
export const Name = z.string().check(
  z.regex(namePattern, {
    error:
      'must start with a letter or digit and have at most 64 letters, digits, dots, hyphens and underscores',
    abort: true,
  }),
  z.refine((name) => !(name in Object.prototype), {
    error: 'is a name that JavaScript reserves; choose another',
    abort: true,
  }),
);

/** Ending of the names of the teams' keys for signed-in callers. */
export const signInKeySuffix = '-sign-in';

/** A name that you may give a key. */
export const KeyName = Name.check(
  z.refine((name) => !name.endsWith(signInKeySuffix), {
    error: `must not end in ${signInKeySuffix}, as the keys of signed-in callers do`,
    abort: true,
  }),
);

/** Who answers for a key, or what it is for, in words for people. */
export const KeyText = z.string().check(
  z.regex(/^\P{Cc}{1,256}$/u, 'must have 1 to 256 characters, in one line'),
  z.refine((text) => text.trim() !== '', 'must not be empty'),
);

/** Name of the stack's output that has the id of a key. No two names have the same output. */
export function keyOutputName(name: string): string {
  return `KeyId${lettersAndDigits(name)}`;
}

/**
 * Name of an output of a proxy that shares its stack: with the proxy's name and stage before it, so that it is neither
 * another proxy's nor one of your own.
 */
export function sharedOutputName({ name, stage }: { name: string; stage: string }, output: string): string {
  return `${lettersAndDigits(`${name}-${stage}`)}${output}`;
}

/**
 * A name as far as an output's may have it: `Z` and a character's code stand for every other character, and for `Z` itself.
 */
function lettersAndDigits(name: string): string {
  return name.replace(
    /[^A-Ya-z0-9]/g,
    (character) => `Z${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
