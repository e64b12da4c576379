import { limitKinds, limitPeriods } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AdminError } from '../admin-error.ts';
import { parseTeamsCsv } from './teams-csv.ts';

const acme = { name: 'acme', plan: 'starter', keys: [{ name: 'app', limits: { usd: { month: 50 } } }] };

test.each([
  ['a line for each key', 'team,plan,key,usd/month\nacme,starter,app,50\n', [acme]],
  [
    'semicolons, as a spreadsheet in German writes them',
    'team;plan;key;usd/month\nacme;starter;app;50',
    [acme],
  ],
  [
    "tabs, a mark at the beginning and Windows' line ends",
    '\uFEFFteam\tplan\tkey\tusd/month\r\nacme\tstarter\tapp\t50\r\n',
    [acme],
  ],
  ['limits as JSON', 'team,plan,key,limits\nacme,starter,app,"{""usd"":{""month"":50}}"', [acme]],
  [
    'spaces around cells, and empty lines',
    ' team , plan ,key, usd/month\n\n acme , starter , app , 50\n,,,\n',
    [acme],
  ],
  [
    'a team without keys, and a plan that only the first line has',
    'team,plan,key,owner,note,callsAtOnce\ninitech,starter,,,,\nacme,starter,app,ann@example.com,"the shop, new",3\nacme,,job,,,',
    [
      { name: 'initech', plan: 'starter', keys: [] },
      {
        ...{ name: 'acme', plan: 'starter' },
        keys: [
          { name: 'app', owner: 'ann@example.com', note: 'the shop, new', limits: { callsAtOnce: 3 } },
          { name: 'job' },
        ],
      },
    ],
  ],
  ['no line', 'team,plan', []],
])('a list with %s is read', (_, text, teams) => {
  expect(parseTeamsCsv(text, 'teams.csv')).toEqual(teams);
});

function faultsOf(text: string): string[] {
  try {
    parseTeamsCsv(text, 'teams.csv');
  } catch (error) {
    if (error instanceof AdminError && error.is('invalid_teams')) {
      return error.data.issues.map(({ path, message }) => `${path}: ${message}`);
    }
    throw error;
  }
  throw new Error('It was read.');
}

test.each([
  ['nothing', '', ['line 1: is missing: name the columns there']],
  [
    'columns that are misspelt, twice or missing',
    'team,key,key,usd/mont\n',
    [
      'line 1, usd/mont: is not a column of the list (did you mean "usd/month"?)',
      'line 1, key: is there twice',
      'line 1, plan: is missing',
    ],
  ],
  [
    'faults in several lines, each with its line',
    'team,plan,key,usd/month\nacme,starter,app,much\nini tech,starter,job,\n,starter,x,\nacme,starter,app,\nother,,o,',
    [
      'line 2, usd/month: must be a number, such as 50',
      'line 4, team: is missing',
      'line 6, plan: is missing: the team other has none in an earlier line either',
      expect.stringMatching(/^line 3, team: must /),
    ],
  ],
  [
    'a key that is named twice',
    'team,plan,key\nacme,starter,app\ninitech,starter,app\n',
    ['line 3, key: is named before, at line 2, key: name each key once'],
  ],
  [
    'a plan that differs',
    'team,plan,key\nacme,starter,app\nacme,other,job\n',
    ['line 3, plan: is other, and the team acme is on starter in line 2'],
  ],
  [
    'limits without a key, in two ways, and not in JSON',
    'team,plan,key,limits,usd/day\nacme,starter,,,5\nacme,starter,a,{,\nacme,starter,b,"{""usd"":{""day"":1}}",5\n',
    [
      'line 2, key: is missing, and the line has its usd/day',
      'line 3, limits: is not JSON, such as {"usd":{"month":50}}',
      'line 4, usd/day: is there, and so is limits: give one of them',
    ],
  ],
  [
    'limits that are none',
    'team,plan,key,limits,tokens/day\nacme,starter,a,"{""usd"":{""year"":1}}",\nacme,starter,b,5,\nacme,starter,c,,1.5\n',
    [
      expect.stringMatching(/^line 2, limits: is not a field of the file/),
      expect.stringMatching(/^line 3, limits: must be an object/),
      expect.stringMatching(/^line 4, tokens\/day: must be a whole number/),
    ],
  ],
  [
    'too many cells',
    'team,plan\nacme,starter,app',
    ['line 2: has 3 cells, but line 1 names 2 columns: quote a value that has the separator in it'],
  ],
  [
    'a quotation mark that stays open',
    'team,plan\n"acme,starter\n',
    [expect.stringMatching(/is not CSV: check its quotation marks$/)],
  ],
])('of a list with %s, every fault is named', (_, text, faults) => {
  expect(faultsOf(text)).toEqual(faults);
});

test('whatever is written as CSV is read back', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const text = fc.option(fc.stringMatching(/^[a-z",; ]*[a-z]$/), { nil: undefined });
  const max = fc.option(fc.nat(1000), { nil: undefined });
  const key = fc.record({ owner: text, limits: fc.record({ usd: max, calls: max }) });
  const team = fc.record({ plan: name, keys: fc.array(key, { maxLength: 3 }) });
  const quoted = (cell: string | number = '') => `"${String(cell).trim().replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 4 }),
      fc.array(team, { minLength: 4, maxLength: 4 }),
      (names, of) => {
        const wanted = names.map((each, index) => ({
          name: each,
          plan: of[index]?.plan ?? 'starter',
          keys: (of[index]?.keys ?? []).map(({ owner, limits: { usd, calls } }, position) => ({
            name: `${each}-${position}`,
            ...((usd !== undefined || calls !== undefined) && {
              limits: {
                ...(calls && { callsAtOnce: calls }),
                ...(usd !== undefined && { usd: { month: usd } }),
              },
            }),
            ...(owner && { owner: owner.trim() }),
          })),
        }));
        const rows = wanted.flatMap((each) => [
          [each.name, each.plan],
          ...each.keys.map(({ name: own, owner, limits }) => [
            ...[each.name, each.plan, own, owner, limits?.usd?.month, limits?.callsAtOnce],
          ]),
        ]);
        // No limit of 0 calls at once.
        fc.pre(
          wanted.every(({ keys }) => keys.every(({ limits }) => !limits || Object.keys(limits).length > 0)),
        );
        const csv = [['team', 'plan', 'key', 'owner', 'usd/month', 'callsAtOnce'], ...rows]
          .map((cells) => cells.map(quoted).join(','))
          .join('\n');
        expect(parseTeamsCsv(csv, 'teams.csv')).toEqual(wanted);
      },
    ),
  );
});

test('every limit has its column', () => {
  for (const kind of limitKinds) {
    for (const period of limitPeriods) {
      const [team] = parseTeamsCsv(`team,plan,key,${kind}/${period}\nacme,starter,app,7`, 'teams.csv');
      expect(team?.keys[0]?.limits).toEqual({ [kind]: { [period]: 7 } });
    }
  }
});
