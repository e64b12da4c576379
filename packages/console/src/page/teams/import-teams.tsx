import type { NewKey } from '@org/admin';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImportEvent } from '../../server/import.ts';
import { read, useApi } from '../api.ts';
import { Copy } from '../parts/copy.tsx';
import { Field } from '../parts/field.tsx';
import { Empty, Failed } from '../parts/loaded.tsx';
import { useSay } from '../parts/say.tsx';
import { Scrolls } from '../parts/scrolls.tsx';
import { linkTo } from '../route.ts';
import { readEvents } from '../sse.ts';
import { counted } from '../words.ts';
import { keysAsCsv } from './keys-as-csv.ts';
import { limitsInWords } from './limits-in-words.ts';

const example = `team,plan,key,owner,note
acme,standard,acme-web,mia@example.com,web shop
acme,standard,acme-batch,,nightly reports`;

/** Makes teams and keys from a table, after it has shown what that would make. */
export function ImportTeams() {
  const api = useApi();
  const say = useSay();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const [made, setMade] = useState<readonly NewKey[]>([]);
  const preview = useMutation({
    mutationFn: () => read(api.import.preview.$post({ json: { format: formatOf(text), text } })),
  });
  const work = useMutation({
    mutationFn: async () => {
      setMade([]);
      for await (const event of readEvents<ImportEvent>(
        api.import.$post({ json: { format: formatOf(text), text } }),
      )) {
        if (event.type === 'key') setMade((before) => [...before, event.key]);
        else if (event.type === 'done') return event;
      }
      return undefined;
    },
    onSuccess: (done) => {
      if (done) say(`Made ${counted(done.teams, 'team')} and ${counted(done.keys, 'key')}.`);
    },
    onSettled: () => void queries.invalidateQueries(),
  });
  const change = (changed: string) => {
    setText(changed);
    preview.reset();
    work.reset();
  };
  const wrong = preview.data?.problems ?? [];
  const news =
    preview.data?.teams.flatMap(({ keys }) => keys).filter(({ state }) => state === 'new').length ?? 0;
  const newTeams = preview.data?.teams.filter(({ state }) => state === 'new').length ?? 0;
  return (
    <>
      <nav aria-label="Way back" className="crumbs">
        <a href={linkTo('teams')}>Teams</a>
      </nav>
      <div className="view-head">
        <h1>Import teams and keys</h1>
      </div>
      <section className="card" aria-labelledby="table">
        <h2 id="table">1. The table</h2>
        <Field
          label="A CSV file"
          hint="The first line names the columns: team, plan, key, and if you like owner, note and limits. Each further line is a key."
        >
          {(names) => (
            <input
              {...names}
              type="file"
              accept=".csv,.json,text/csv,application/json"
              onChange={({ target }) => void target.files?.[0]?.text().then(change)}
            />
          )}
        </Field>
        <Field label="or its text">
          {(names) => (
            <textarea
              {...names}
              rows={6}
              className="as-code"
              spellCheck={false}
              placeholder={example}
              value={text}
              onChange={({ target }) => change(target.value)}
            />
          )}
        </Field>
        <button
          type="button"
          disabled={text.trim() === ''}
          aria-busy={preview.isPending}
          onClick={() => preview.mutate()}
        >
          Show what it would make
        </button>
      </section>
      <section className="card" aria-labelledby="preview" aria-live="polite">
        <h2 id="preview">2. What it would make</h2>
        {preview.isError && <Failed failure={preview.error} />}
        {!preview.data && !preview.isError && <Empty title="Nothing is made before you have seen this" />}
        {preview.data && (
          <>
            <p>
              <strong>
                {counted(newTeams, 'new team')}, {counted(news, 'new key')}.
              </strong>{' '}
              What exists stays as it is.
            </p>
            {wrong.length > 0 && (
              <div role="alert" className="failed">
                <p>
                  <strong>{counted(wrong.length, 'problem')} to fix first</strong>
                </p>
                <ul>
                  {wrong.map(({ team, key, message }) => (
                    <li key={`${team} ${key ?? ''} ${message}`}>{message}</li>
                  ))}
                </ul>
              </div>
            )}
            <PreviewTable teams={preview.data.teams} />
          </>
        )}
      </section>
      <section className="card" aria-labelledby="make">
        <h2 id="make">3. Make them</h2>
        {work.isError && <Failed failure={work.error} />}
        {made.length === 0 ? (
          <p className="quiet">The values of the new keys are shown here once, to copy as a CSV file.</p>
        ) : (
          <>
            <div className="card-head">
              <p>
                <strong>{counted(made.length, 'key')}</strong>, whose values are shown only this once.
              </p>
              <Copy text={keysAsCsv(made)} what="the new keys as CSV" />
            </div>
            <Scrolls label="New keys" className="made">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Team</th>
                    <th scope="col">Key</th>
                    <th scope="col">Value</th>
                  </tr>
                </thead>
                <tbody>
                  {made.map(({ id, team, name, value }) => (
                    <tr key={id}>
                      <td>{team}</td>
                      <th scope="row">{name}</th>
                      <td>
                        <code>{value}</code>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scrolls>
          </>
        )}
        {made.length === 0 && (
          <button
            type="button"
            disabled={!preview.data || wrong.length > 0 || news + newTeams === 0 || work.isPending}
            aria-busy={work.isPending}
            onClick={() => work.mutate()}
          >
            {preview.data ? `Make ${counted(newTeams, 'team')} and ${counted(news, 'key')}` : 'Make them'}
          </button>
        )}
      </section>
    </>
  );
}

/** JSON begins with a bracket, and no CSV of teams does. */
function formatOf(text: string): 'csv' | 'json' {
  return /^\s*[[{]/.test(text) ? 'json' : 'csv';
}

/** So many rows are shown. */
const mostRows = 200;

interface PreviewTableProps {
  readonly teams: readonly {
    readonly name: string;
    readonly plan: string;
    readonly state: 'new' | 'exists';
    readonly keys: readonly {
      readonly name: string;
      readonly state: 'new' | 'exists';
      readonly limits?: object | undefined;
    }[];
  }[];
}

function PreviewTable({ teams }: PreviewTableProps) {
  // A team without keys has a row too.
  const rows = teams.flatMap((team) => [
    ...team.keys.map((key) => ({ team, key })),
    ...(team.keys.length === 0 ? [{ team, key: undefined }] : []),
  ]);
  return (
    <>
      <Scrolls label="What would be made" className="made">
        <table>
          <thead>
            <tr>
              <th scope="col">Team</th>
              <th scope="col">Plan</th>
              <th scope="col">Key</th>
              <th scope="col">Limits of its own</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostRows).map(({ team, key }) => (
              <tr key={`${team.name} ${key?.name ?? ''}`}>
                <th scope="row">
                  {team.name} <State state={team.state} />
                </th>
                <td>{team.plan}</td>
                <td>
                  {key ? (
                    <>
                      {key.name} <State state={key.state} />
                    </>
                  ) : (
                    '–'
                  )}
                </td>
                <td>{key?.limits ? limitsInWords(key.limits) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolls>
      {rows.length > mostRows && (
        <p className="quiet">
          The first {mostRows} of {rows.length} rows.
        </p>
      )}
    </>
  );
}

function State({ state }: { readonly state: 'new' | 'exists' }) {
  return (
    <span className="badge" data-variant={state === 'new' ? 'success' : 'secondary'}>
      {state === 'new' ? 'new' : 'is there'}
    </span>
  );
}
