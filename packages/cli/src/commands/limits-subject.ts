import type { FoundSubject, Member } from '@org/admin';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';

/** The options that say whose limits are meant. */
export interface SubjectOptions {
  readonly team?: string;
  readonly key?: string;
  readonly person?: string;
  readonly customer?: string;
  readonly model?: string;
}

export function addSubjectOptions(command: Command): Command {
  return command
    .option('--team <team>', 'the limits of a team, or with one of the next three, in the team')
    .option('--person <sub>', 'of a person who signs in: the sub of the token, or the id in the log')
    .option('--customer <name>', 'of a customer, as requests name it, or by its id in the log')
    .option('--model <alias>', 'of the use of a model')
    .option('--key <key>', "a key's own limits");
}

/**
 * The member of the team that the options name.
 *
 * @throws {CliError} If they name several.
 */
export function memberOf(options: Omit<SubjectOptions, 'team' | 'key'>): Member | undefined {
  const members = (['person', 'customer', 'model'] as const).flatMap((kind): Member[] => {
    const name = options[kind];
    return name === undefined ? [] : [{ kind, name }];
  });
  const [member, other] = members;
  if (!other) return member;
  throw new CliError(
    `A ${member?.kind} and a ${other.kind} were given.`,
    'Give one of --person, --customer and --model. Each has its own limits.',
  );
}

/** `key acme-app`, `person ann`. Undefined for a team. */
export function nameOfSubject({ key, scope }: Pick<FoundSubject, 'key' | 'scope'>): string | undefined {
  return scope.kind === 'team' ? undefined : `${scope.kind} ${key ?? scope.id}`;
}

/** Whose limits they are, as in the options. */
export function forJson({ team, key, scope }: Pick<FoundSubject, 'team' | 'key' | 'scope'>): object {
  return { team, key, ...('team' in scope && { [scope.kind]: scope.id }) };
}
