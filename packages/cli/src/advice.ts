import type { AdminError, AdminErrorCode, AdminProblems } from '@org/admin';
import { nearest } from '@org/contract';
import { type Invocation, quoted } from './invocation.ts';

/** What to do on the command line about each problem. */
const advices: {
  readonly [Code in AdminErrorCode]: (data: AdminProblems[Code], invocation: Invocation) => string;
} = {
  invalid_name: ({ rule }) => `It ${rule}.`,
  no_such_team: ({ team }, { command }) =>
    `See them with "${command('teams list')}", or make it: ${command(`teams create ${team} --plan PLAN`)}`,
  team_exists: ({ team, wanted }, { command }) => `Move it: ${command(`teams move ${team} ${wanted}`)}`,
  team_is_of_config: () => 'Change it there, or remove it, and deploy.',
  team_plan_is_of_config: () =>
    'Change it there and deploy, then run this again for the keys that were made at run time.',
  team_was_deleted: () => 'If that was a mistake, make the team again, then run this again.',
  team_was_removed: ({ team }, { command }) =>
    `If it left the config, put it back there. Else remove what is left of it: ${command(`teams delete ${team}`)}`,
  invalid_teams: ({ issues }) => issues.map(({ path, message }) => `  ${path}: ${message}`).join('\n'),
  no_such_plan: ({ plan, plans }, { command }) =>
    `Choose one of: ${plans.join(', ')}. Or make it: ${command(`plans create ${plan} --like ${plans[0] ?? 'PLAN'}`)}`,
  plan_is_gone: ({ team }, { command }) =>
    `Move the team to another plan: ${command(`teams move ${team} PLAN`)}`,
  plan_is_not_deployed: ({ plan }, { command }) =>
    `If it is in the config, deploy first. If it was made at run time, run the same "${command(`plans create ${plan}`)}" again.`,
  plan_exists: ({ plan }, { command }) =>
    `Change it: ${command(`plans set ${plan} --help`)}. Or choose another name.`,
  plan_is_of_config: (_, { command }) =>
    `Change it there and deploy, or change limits of one team: ${command('limits set --help')}. A plan made at run time needs another name.`,
  invalid_plan: ({ issues }) => issues.map(({ path, message }) => `  ${path}: ${message}`).join('\n'),
  plan_is_being_made: () => 'If the other command died, run this again in two minutes.',
  plan_is_incomplete: ({ plan }, { command }) =>
    `Run again what did not finish: ${command('plans create')} or ${command(`plans delete ${plan}`)}`,
  plan_is_in_use: ({ plan, teams }, { command }) =>
    teams.length > 0
      ? `Move them first: ${command(`teams move ${teams[0]} PLAN`)}`
      : `A "teams move" stopped half way: run it again. "${command('keys list')}" shows whose keys are left. Then delete ${plan} again.`,
  no_such_key: (_, { command }) => `See them with: ${command('keys list')}`,
  key_exists: ({ key }, { command }) =>
    `Choose another name. Is its value lost? Make a new one: ${command(`keys rotate ${key}`)}`,
  invalid_key_text: ({ rule }) => `It ${rule}.`,
  key_is_of_config: () => 'Choose another name.',
  key_is_disabled: ({ team }, { command }) =>
    `Make a new one: ${command(`keys create NAME --team ${team}`)}. Or leave "enabled: false" out of the config, and deploy.`,
  key_was_disabled: ({ key }, { command }) => `Enable it first: ${command(`keys enable ${key}`)}`,
  key_has_expired: ({ key }, { command }) =>
    `Give it another end first: ${command(`keys expire ${key} 90d`)}`,
  key_is_incomplete: ({ key, team }, { command }) =>
    `Remove it with "${command(`keys revoke ${key}`)}", and make it: ${command(`keys create ${key} --team ${team}`)}`,
  key_was_replaced: ({ by }, { command }) =>
    `Rotate ${by} instead: ${command(`keys rotate ${by}`)}. With --now, both end.`,
  new_name_is_taken: () => 'Give the new key another name with --as.',
  key_was_removed: (_, { command }) => `See what there is with "${command('keys list')}", then run it again.`,
  key_is_being_made: (_, { command }) =>
    `Look for it with "${command('keys list')}". If the other command died, run this again in two minutes.`,
  key_keeps_its_name: () => 'Leave out --as, which is for keys of the config.',
  key_has_no_value: () => 'Run it again.',
  member_has_no_name: ({ kind }) => `Give the id of the ${kind}, as "usage --by ${kind}" shows it.`,
  no_such_model: ({ models }) => `Choose one of: ${models.join(', ')}.`,
  limits_cannot_hold: ({ reason }) => `${reason}.`,
  nothing_to_raise: (refused, { command }) => `Set it instead: ${command(setInstead(refused))}`,
  not_a_raise: (refused, { command }) => `Give a higher one. To lower it: ${command(setInstead(refused))}`,
  end_is_over: () => 'Give a time that is still to come.',
  changed_by_others: () => 'Nothing was changed. Run it again.',
  changes_are_unreadable: () => 'Use the version of this command that wrote them.',
  no_notices: () => 'Add "notify: true" to the config, and deploy once.',
  invalid_receiver: ({ rule }) => `It ${rule}.`,
  no_such_receiver: (_, { command }) => `See who does: ${command('notices list')}`,
  receiver_is_of_config: () => 'Change it there, and deploy.',
  receiver_is_unconfirmed: () =>
    'Confirm it with the link that SNS has sent, then run this again. Without an answer, SNS forgets it after some days.',
  receiver_is_of_all_teams: () => 'Leave out --team to remove it for all teams.',
  receiver_has_own_filter: () => 'Change it where it was made, for example in the console of SNS.',
  receiver_has_too_many_teams: ({ endpoint }, { command }) =>
    `Let it have those of all teams: ${command(`notices add ${endpoint.includes('://') ? '--webhook' : '--email'} ${quoted(endpoint)}`)}`,
  no_such_stack: () =>
    'The stack is named after name and stage of the config. Deploy it, choose its account with AWS_PROFILE, choose another config with --config, or add --local for the local gateway. If your own CDK app has the deployment in its stack, name that with --stack.',
  invalid_request_id: () => "Give the answer's x-request-id header, or its id field.",
  not_a_day: () => 'Use YYYY-MM-DD, such as 2026-11-30.',
  days_are_reversed: () => 'Swap them.',
  no_such_log: () =>
    'Deploying creates it. Deploy, choose its account with AWS_PROFILE, choose another config with --config, or add --log FILE.',
  log_query_failed: () => 'Run it again, for fewer days.',
  breakdown_is_too_large: () =>
    'Ask for fewer days with --from and --to, for one --team, or for less in --by.',
  answer_broke_off: () => 'Check the network. What was answered so far is charged.',
  answer_is_unreadable: () => 'Check the network, and what is between this machine and the API.',
  stack_lacks_output: () =>
    'It is a different stack, it has another deployment than the config says, or an older version of it. Deploy again, or choose another stack with --stack.',
  nothing_to_prove_with: () =>
    'Choose another plan with --plan, or give a model its price in the config: --most-usd needs it.',
  table_is_overloaded: () => 'Run this again in a minute.',
  no_credentials: ({ profile, profiles }) =>
    profile === undefined
      ? `Sign in (aws sso login, aws configure), or choose a profile with AWS_PROFILE${profiles.length > 0 ? `: ${profiles.join(', ')}` : ''}. Or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`
      : `Sign in: aws sso login --profile ${quoted(profile)}. Or choose another profile with AWS_PROFILE: ${profiles.join(', ')}.`,
  no_such_profile: ({ profile, profiles }) => {
    if (profiles.length === 0) return 'There are no profiles. Make one: aws configure';
    const near = nearest(profile, profiles);
    return `${near === undefined ? '' : `Did you mean ${near}? `}Choose one of: ${profiles.join(', ')}.`;
  },
  mfa_code_is_missing: ({ profile = 'default' }) =>
    `Run this in a terminal, where it can ask for the code. Or export credentials first: eval "$(aws configure export-credentials --profile ${quoted(profile)} --format env)" && unset AWS_PROFILE`,
  proxy_cannot_be_used: ({ variable }) =>
    `Set ${variable} to http://HOST:PORT, or to http://USER:PASSWORD@HOST:PORT if the proxy needs a sign-in.`,
  certificates_cannot_be_read: () => 'Set it to a file of PEM certificates, or unset it.',
  no_local_gateway: (_, { program }) =>
    `Start one with "${program} dev". If it runs on another port, give that port: --local PORT`,
  local_gateway_runs_another: () =>
    "Give the gateway's config with --config, or another gateway's address with --local.",
  local_gateway_lacks_service: (_, { program }) => `Start it with: ${program} dev`,
};

export function adviceOn<Code extends AdminErrorCode>(
  { code, data }: AdminError<Code>,
  invocation: Invocation,
): string {
  return advices[code](data, invocation);
}

function setInstead({ team, key, scope, limit, wanted }: AdminProblems['nothing_to_raise']): string {
  const ofTeam = scope.kind === 'team' ? '' : ` --${scope.kind} ${quoted(scope.id)}`;
  const whose = key === undefined ? `--team ${team}${ofTeam}` : `--key ${key}`;
  return `limits set ${whose} --limit ${limit}=${wanted ?? 'none'}`;
}
