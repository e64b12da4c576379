/** The npm names of this repository's packages. */
export interface PackageNames {
  /** With its @. */
  readonly scope: string;
  /** The published client, without its scope. */
  readonly client: string;
}

/**
 * npm's rule for the name of a new package.
 *
 * @see https://docs.npmjs.com/cli/configuring-npm/package-json#name
 */
const name = /^[a-z0-9][a-z0-9._-]*$/;
const longestName = 214;

/** The end of a name: no character of a longer name may follow. */
const end = '(?![\\w-]|\\.\\w)';
const start = '(?<![\\w.-])';

/**
 * The new names from a command line.
 *
 * @param wanted A scope with its @, and the client's new name if it gets one.
 * @throws {Error} If npm would refuse a name, or two packages would have the same name.
 */
export function newNames(
  current: PackageNames,
  wanted: { readonly scope: string; readonly client?: string | undefined },
  otherPackages: readonly string[],
): PackageNames {
  const { scope, client = current.client } = wanted;
  if (!scope.startsWith('@')) {
    throw new Error(`"${scope}" is not a scope: it must begin with @, as in @${scope}.`);
  }
  if (!name.test(scope.slice(1))) {
    throw new Error(
      `npm would refuse the scope "${scope}": after its @ it may have lower-case letters, digits, ".", "_" and "-", and must begin with a letter or digit.`,
    );
  }
  if (!name.test(client)) {
    throw new Error(
      `npm would refuse the name "${client}": it may have lower-case letters, digits, ".", "_" and "-", and must begin with a letter or digit. Give it without its scope.`,
    );
  }
  if (otherPackages.includes(client)) {
    throw new Error(
      `A package here already has the name "${client}". Give the client another name with --client.`,
    );
  }
  for (const each of [client, ...otherPackages]) {
    const { length } = `${scope}/${each}`;
    if (length <= longestName) continue;
    throw new Error(
      `"${scope}/${each}" has ${length} characters, and npm takes ${longestName}. Choose shorter names.`,
    );
  }
  return { scope, client };
}

/** Whether a string has the scope itself, and not only similar letters in an address or a longer name. */
export function mentionsScope(text: string, scope: string): boolean {
  return new RegExp(`${start}${RegExp.escape(scope)}${end}`).test(text);
}

/** The text with our packages under their new names, and the number of changed places. */
export function renamePackages(
  text: string,
  from: PackageNames,
  to: PackageNames,
): { readonly text: string; readonly places: number } {
  const scope = `${start}${RegExp.escape(from.scope)}`;
  const client = `/${RegExp.escape(from.client)}${end}`;
  let places = 0;
  const renamed = text.replace(new RegExp(`${scope}(?:(${client})|${end})`, 'g'), (found, itsClient) => {
    const replacement = itsClient === undefined ? to.scope : `${to.scope}/${to.client}`;
    if (replacement !== found) places += 1;
    return replacement;
  });
  return { text: renamed, places };
}
