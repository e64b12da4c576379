import type { AskEvent } from '@org/admin';
import type { AskRequest, ErrorEnvelope } from '@org/contract';
import { useEffect, useId, useRef, useState } from 'react';
import { Failure, useApi } from '../api.ts';
import { Code } from '../parts/code.tsx';
import { Field } from '../parts/field.tsx';
import { LimitBar } from '../parts/limit-bar.tsx';
import { Empty, Failed, Loaded } from '../parts/loaded.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { type Deployment, useKeys } from '../queries.ts';
import { linkTo } from '../route.ts';
import { readEvents } from '../sse.ts';
import { count, duration, money } from '../words.ts';
import { asCode, asCurl } from './as-code.ts';
import { type Draft, imageOf, imageTypes, requestOf } from './request.ts';
import { nothingYet, stopInWords, type Transcript, withEvent } from './transcript.ts';

interface PlaygroundProps {
  readonly deployment: Deployment;
  /** The name of the key to begin with. */
  readonly asked: string | undefined;
}

/** Asks a model as a key would, under its limits. The key's value stays on the server. */
export function Playground({ deployment, asked }: PlaygroundProps) {
  const keys = useKeys();
  return (
    <>
      <div className="view-head">
        <h1>Playground</h1>
        <p className="quiet">Asks as a key of a team: it counts, and it is charged.</p>
      </div>
      <Loaded query={keys} lines={10}>
        {({ keys }) =>
          keys.length === 0 ? (
            <Empty title="There is no key to ask with">
              <p>
                Create one under <a href={linkTo('teams')}>Teams</a>.
              </p>
            </Empty>
          ) : (
            <Desk
              deployment={deployment}
              keys={keys}
              first={keys.find(({ name }) => name === asked) ?? keys[0]}
            />
          )
        }
      </Loaded>
    </>
  );
}

interface AskingKey {
  readonly name: string;
  readonly team: string;
  readonly plan?: string | undefined;
}

type Call =
  | { readonly is: 'none' }
  | {
      readonly is: 'running' | 'over';
      readonly request: AskRequest;
      readonly transcript: Transcript;
      readonly failure?: Error;
    };

interface DeskProps {
  readonly deployment: Deployment;
  readonly keys: readonly AskingKey[];
  readonly first: AskingKey | undefined;
}

function Desk({ deployment, keys, first }: DeskProps) {
  const api = useApi();
  const [keyName, setKeyName] = useState(first?.name ?? '');
  const key = keys.find(({ name }) => name === keyName);
  const models = deployment.plans.find(({ name }) => name === key?.plan)?.models ?? [];
  const [draft, setDraft] = useState<Draft>({
    model: models[0] ?? '',
    ...{ question: '', system: '', tools: '', maxTokens: '', image: undefined },
  });
  const model = models.includes(draft.model) ? draft.model : (models[0] ?? '');
  const [call, setCall] = useState<Call>({ is: 'none' });
  const [problem, setProblem] = useState<string | undefined>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const drafted = requestOf({ ...draft, model });
  const set = (changed: Partial<Draft>) => {
    setProblem(undefined);
    setDraft({ ...draft, ...changed });
  };

  const ask = async () => {
    if (drafted.problem !== undefined) {
      setProblem(drafted.problem);
      return;
    }
    const { request } = drafted;
    const controller = new AbortController();
    running.current = controller;
    let transcript = nothingYet;
    setCall({ is: 'running', request, transcript });
    try {
      const asked = api.playground.$post(
        { json: { key: keyName, request } },
        { init: { signal: controller.signal } },
      );
      for await (const event of readEvents<AskEvent>(asked)) {
        transcript = withEvent(transcript, event);
        setCall({ is: 'running', request, transcript });
      }
      setCall({ is: 'over', request, transcript });
    } catch (error) {
      if (controller.signal.aborted) setCall({ is: 'over', request, transcript });
      else {
        const failure =
          error instanceof Failure ? error : new Failure(0, 'The connection broke off.', 'Ask again.');
        setCall({ is: 'over', request, transcript, failure });
      }
    }
  };

  const isRunning = call.is === 'running';
  return (
    <div className="playground">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRunning) void ask();
        }}
      >
        <div className="two-fields">
          <Field label="Key" hint={key && `Team ${key.team}, plan ${key.plan ?? 'removed'}`}>
            {(names) => <KeyChoice {...{ names, keys, keyName }} onKey={setKeyName} />}
          </Field>
          <Field label="Model">
            {(names) => (
              <select {...names} value={model} onChange={({ target }) => set({ model: target.value })}>
                {models.map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <Field label="Question">
          {(names) => (
            <textarea
              {...names}
              rows={5}
              placeholder="What is a dystopia?"
              value={draft.question}
              onChange={({ target }) => set({ question: target.value })}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isRunning) void ask();
              }}
            />
          )}
        </Field>
        <details>
          <summary>System, tools, image, length</summary>
          <Field label="System" hint="Instructions for the whole conversation.">
            {(names) => (
              <textarea
                {...names}
                rows={2}
                value={draft.system}
                onChange={({ target }) => set({ system: target.value })}
              />
            )}
          </Field>
          <Field
            label="Tools"
            hint="JSON: a list of name, description and inputSchema. The page shows the calls; it does not run them."
          >
            {(names) => (
              <textarea
                {...names}
                rows={3}
                className="as-code"
                spellCheck={false}
                placeholder='[{"name":"weather","inputSchema":{"type":"object","properties":{"city":{"type":"string"}}}}]'
                value={draft.tools}
                onChange={({ target }) => set({ tools: target.value })}
              />
            )}
          </Field>
          <ImageField image={draft.image} onImage={(image) => set({ image })} onProblem={setProblem} />
          <Field label="Most tokens of the answer" hint="Empty: as for any call.">
            {(names) => (
              <input
                {...names}
                inputMode="numeric"
                value={draft.maxTokens}
                onChange={({ target }) => set({ maxTokens: target.value })}
              />
            )}
          </Field>
        </details>
        {problem !== undefined && (
          <p role="alert" className="failed">
            {problem}
          </p>
        )}
        <div className="ask-row">
          {isRunning ? (
            <button type="button" className="outline" onClick={() => running.current?.abort()}>
              Stop
            </button>
          ) : (
            <button type="submit">Ask</button>
          )}
          <span className="quiet">Ctrl and Enter asks too.</span>
        </div>
      </form>
      <section className="card" aria-labelledby="answer">
        <h2 id="answer">Answer</h2>
        {call.is === 'none' ? (
          <Empty title="Nothing was asked yet">
            <p>The answer comes here as the model writes it, with what it held and what it was charged.</p>
          </Empty>
        ) : (
          <Shown call={call} deployment={deployment} />
        )}
      </section>
    </div>
  );
}

/** So many keys are a list; more of them are found by typing. */
const mostOptions = 100;

interface KeyChoiceProps {
  readonly names: { readonly id: string; readonly 'aria-describedby': string | undefined };
  readonly keys: readonly AskingKey[];
  readonly keyName: string;
  readonly onKey: (name: string) => void;
}

function KeyChoice({ names, keys, keyName, onKey }: KeyChoiceProps) {
  const list = useId();
  const [typed, setTyped] = useState(keyName);
  if (keys.length <= mostOptions) {
    return (
      <select {...names} value={keyName} onChange={({ target }) => onKey(target.value)}>
        {keys.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    );
  }
  const near = keys
    .filter(({ name, team }) => name.includes(typed) || team.includes(typed))
    .slice(0, mostOptions);
  return (
    <>
      <input
        {...names}
        list={list}
        autoComplete="off"
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          if (keys.some(({ name }) => name === target.value)) onKey(target.value);
        }}
      />
      <datalist id={list}>
        {near.map(({ name, team }) => (
          <option key={name} value={name}>
            {team}
          </option>
        ))}
      </datalist>
    </>
  );
}

interface ImageFieldProps {
  readonly image: Draft['image'];
  readonly onImage: (image: Draft['image']) => void;
  readonly onProblem: (problem: string) => void;
}

function ImageField({ image, onImage, onProblem }: ImageFieldProps) {
  const choose = async (file: File | undefined) => {
    if (!file) return;
    try {
      onImage(await imageOf(file));
    } catch (error) {
      onProblem(error instanceof Error ? error.message : 'The file cannot be read.');
    }
  };
  return (
    <div data-field>
      <label>
        Image
        <input type="file" accept={imageTypes} onChange={({ target }) => void choose(target.files?.[0])} />
      </label>
      {image && (
        <div className="image-preview">
          <img src={`data:image/${image.format};base64,${image.data}`} alt="The one that is sent along" />
          <button type="button" className="outline small" onClick={() => onImage(undefined)}>
            Remove the image
          </button>
        </div>
      )}
    </div>
  );
}

interface ShownProps {
  readonly call: Exclude<Call, { readonly is: 'none' }>;
  readonly deployment: Deployment;
}

function Shown({ call: { is, request, transcript, failure }, deployment }: ShownProps) {
  const { text, thoughts, tools, refusal, stopReason, limits, requestId } = transcript;
  const target = { endpoint: deployment.endpoint, request };
  const isEmpty = text === '' && thoughts === '' && tools.length === 0;
  return (
    <>
      {refusal && <Refused {...{ refusal }} />}
      {failure && <Failed failure={failure} />}
      {thoughts !== '' && (
        <details>
          <summary>Thoughts</summary>
          <p className="answer-thought">{thoughts}</p>
        </details>
      )}
      {!refusal && (
        <div className="answer" aria-live="polite" aria-busy={is === 'running'}>
          {text}
          {is === 'running' && isEmpty && <span className="quiet">Waiting for the model …</span>}
        </div>
      )}
      {tools.map(({ id, name, input }) => (
        <div key={id}>
          <p className="quiet">
            The model calls <strong>{name}</strong>
          </p>
          <Code code={JSON.stringify(input, null, 2)} what={`the input of ${name}`} />
        </div>
      ))}
      {stopReason !== undefined && <p className="quiet">{stopInWords(stopReason)}.</p>}
      <Accounts transcript={transcript} />
      {limits.length > 0 && (
        <div className="limit-grid">
          {limits.map((limit) => (
            <LimitBar
              key={`${limit.scope} ${limit.limit} ${limit.period}`}
              limit={limit}
              timeZone={deployment.timeZone}
              of={scopeInWords(limit.scope)}
            />
          ))}
        </div>
      )}
      {requestId !== undefined && transcript.timing && (
        <p className="quiet">
          Request <a href={linkTo('requests', requestId)}>{requestId}</a>
        </p>
      )}
      <Tabs
        label="The request"
        tabs={[
          { name: 'curl', content: <Code code={asCurl(target)} what="the request as curl" /> },
          { name: 'Code', content: <Code code={asCode(target)} what="the request as code" /> },
        ]}
      />
    </>
  );
}

function scopeInWords(scope: string): string {
  return scope === 'team' ? 'Team:' : scope === 'key' ? 'Key:' : `${scope}:`;
}

function Refused({ refusal: { error } }: { readonly refusal: ErrorEnvelope }) {
  return (
    <div role="alert" className="failed">
      <p>
        <strong>{error.message}</strong>
      </p>
      <p className="quiet">
        <code>{error.code}</code>
      </p>
    </div>
  );
}

/** What the call took, used, held and was charged. */
function Accounts({ transcript: { usage, timing, account } }: { readonly transcript: Transcript }) {
  const { firstTextMs } = timing ?? {};
  const facts = [
    ...(timing ? [{ name: 'Took', value: duration(timing.ms) }] : []),
    ...(firstTextMs === undefined ? [] : [{ name: 'First text after', value: duration(firstTextMs) }]),
    ...(usage
      ? [{ name: 'Tokens', value: `${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out` }]
      : []),
    ...amountsOf('Held', account?.logged?.held),
    ...amountsOf('Charged', account?.logged?.charged),
  ];
  if (facts.length === 0) return null;
  return (
    <>
      <dl className="accounts">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {timing && !account && <p className="quiet">Looking up what it held and was charged …</p>}
      {account && !account.logged && (
        <p className="quiet">
          The log does not say yet what it held and was charged. Look the request up in a while.
        </p>
      )}
    </>
  );
}

/** Dollars and tokens: the one request that a call is needs no saying. */
function amountsOf(name: string, amounts: { readonly usd: number; readonly tokens: number } | undefined) {
  if (!amounts) return [];
  const { usd, tokens } = amounts;
  return [
    { name, value: money(usd) },
    { name: `${name}, tokens`, value: count(tokens) },
  ];
}
