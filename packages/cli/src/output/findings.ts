import type { Check, Finding, Remedy, Subject } from '@org/admin';
import { usualQualifier } from '@org/infra/config';
import { installation } from '@org/installation';
import { whatToDo } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Style, Terminal } from '../terminal.ts';

const styles: Readonly<Record<Finding['status'], Style>> = { ok: 'green', warning: 'yellow', error: 'red' };

const labels: Readonly<Record<Check, string>> = {
  credentials: 'credentials',
  bootstrap: 'bootstrap',
  stack: 'stack',
  log_role: 'API Gateway log role',
  throttle: 'API Gateway throttle',
  concurrency: 'Lambda concurrency',
  models: 'models',
  model: 'model',
  lifecycle: 'lifecycle of',
  guardrail: 'guardrail of',
  prices: 'prices',
  price: 'price of',
  bearer: 'bearer tokens',
  sign_in: 'sign-in',
  plan: 'plan',
  key: 'key',
  team: 'team',
  teams: 'teams',
  person: 'person',
  customer: 'customer',
};

/** A finding in words. */
export interface FindingText {
  readonly subject: string;
  readonly status: Finding['status'];
  readonly what: string;
  /** Absent if there is nothing to do. */
  readonly whatToDo?: string;
}

export function findingText(
  { status, what, remedy, ...subject }: Finding,
  invocation: Invocation,
): FindingText {
  return {
    subject: subjectText(subject),
    status,
    what,
    ...(remedy && { whatToDo: remedyText(remedy, invocation) }),
  };
}

/** A line each, and below it what to do. */
export function describeFindings(
  findings: readonly Finding[],
  terminal: Terminal,
  invocation: Invocation,
): string {
  return findings
    .map((finding) => findingText(finding, invocation))
    .map(({ subject, status, what, whatToDo }) => {
      const line = `${terminal.paint(styles[status], status.padEnd('warning'.length))}  ${subject}: ${what}`;
      return whatToDo === undefined ? line : `${line}\n${' '.repeat('warning  '.length)}${whatToDo}`;
    })
    .join('\n');
}

function subjectText({ check, of }: Subject): string {
  return of === undefined ? labels[check] : `${labels[check]} ${of}`;
}

/** What to do, with the commands. */
function remedyText(remedy: Remedy, invocation: Invocation): string {
  switch (remedy.kind) {
    case 'advice':
      return remedy.text;
    case 'failure':
      return whatToDo(remedy.cause, invocation) ?? 'Run this again. If it fails again, check by hand.';
    case 'bootstrap': {
      const { present, account, region, qualifier } = remedy;
      const command = `${installation.cdkProgram} bootstrap aws://${account}/${region}`;
      if (present === 'too old') {
        return `Run the bootstrap again, with the --qualifier and --toolkit-stack-name that it was made with, if any: ${command}`;
      }
      return qualifier === usualQualifier
        ? `Once: ${command}. Or if the account is bootstrapped under another qualifier, set bootstrapQualifier in the config.`
        : `Once: ${command} --qualifier ${qualifier} --toolkit-stack-name CDKToolkit-${qualifier}`;
    }
    case 'set_log_role':
      return 'Deploy with --set-log-role, which sets one for every API of the account, or set accessLog to false.';
    case 'make_team':
      return `Make it after the deployment: ${invocation.command(`teams create ${remedy.team} --plan PLAN`)}. Or correct its name in signIn.teams.`;
    case 'make_key':
      return `Make one after the deployment: ${invocation.command(`keys create NAME --team ${remedy.team}`)}. Or add one to teams.${remedy.team}.keys.`;
    case 'delete_team':
      return `Put it back into the config, or remove what is left of it: ${invocation.command(`teams delete ${remedy.team}`)}.`;
    case 'change_plan':
      return `Change it: ${invocation.command(`plans set ${remedy.plan} --help`)}. Or deploy what it names.`;
    case 'choose_guardrail':
      return `Give plans.${remedy.plan}.guardrail the id and the version of one that "aws bedrock list-guardrails --region ${remedy.region}" lists, or leave it out.`;
  }
}
