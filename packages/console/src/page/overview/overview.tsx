import type { StatisticsReport } from '@org/admin';
import { useState } from 'react';
import type { Totals } from '../../server/totals.ts';
import { Empty, Loaded } from '../parts/loaded.tsx';
import { type Deployment, useAhead, useNow, useStatistics, useUsage } from '../queries.ts';
import { linkTo } from '../route.ts';
import {
  bytes,
  change,
  count,
  counted,
  day,
  duration,
  money,
  monthAfter,
  monthOf,
  month as monthText,
  percent,
  time,
} from '../words.ts';
import { Bound } from './bound.tsx';
import { Figure } from './figures.tsx';
import { Near } from './near.tsx';
import { SpendChart, SpendTable } from './spend-chart.tsx';
import { stacksOf } from './stacks.ts';

/** So many months can be looked at. */
const mostMonths = 13;

/** What the deployment spends, who is near a limit, and what goes wrong. */
export function Overview({ deployment }: { readonly deployment: Deployment }) {
  const { timeZone } = deployment;
  const present = monthOf(useNow(), timeZone);
  const [chosen, setMonth] = useState<string | undefined>();
  const month = chosen ?? present;
  const isPresent = month === present;
  const ahead = useAhead();
  const usage = useUsage(month, isPresent, true);
  // Then what takes longer to read.
  const hasFigures = usage.isFetched;
  const before = useUsage(monthAfter(month, -1), false, hasFigures);
  const statistics = useStatistics(month, isPresent);
  return (
    <>
      <div className="view-head">
        <h1>Overview</h1>
        <div className="view-tools">
          {usage.data && (
            <p className="quiet as-of">
              As of {time(usage.dataUpdatedAt + ahead, timeZone)} {timeZone}
            </p>
          )}
          <MonthPicker {...{ month, present }} onMonth={setMonth} />
        </div>
      </div>
      <Loaded query={usage} lines={3}>
        {(totals) => (
          <Figures
            {...{ month, isPresent }}
            totals={totals}
            before={before.data}
            statistics={statistics.data}
          />
        )}
      </Loaded>
      <section className="card" aria-labelledby="spend">
        <h2 id="spend">Spend by day and team</h2>
        <Loaded query={statistics} lines={9}>
          {(report) => <Spend report={report} month={monthText(month)} />}
        </Loaded>
      </section>
      <div className="columns">
        <div>
          <Near timeZone={timeZone} enabled={hasFigures} />
          <section className="card" aria-labelledby="speed">
            <h2 id="speed">Latency and cache</h2>
            <Loaded query={statistics} lines={4}>
              {(report) => <Speed report={report} />}
            </Loaded>
          </section>
        </div>
        <div>
          <section className="card" aria-labelledby="errors">
            <h2 id="errors">Refused and failed</h2>
            <Loaded query={statistics} lines={4}>
              {(report) => <Errors report={report} />}
            </Loaded>
          </section>
          <Bound month={monthText(present)} enabled={hasFigures} />
        </div>
      </div>
    </>
  );
}

interface MonthPickerProps {
  readonly month: string;
  readonly present: string;
  readonly onMonth: (month: string) => void;
}

function MonthPicker({ month, present, onMonth }: MonthPickerProps) {
  const months = Array.from({ length: mostMonths }, (_, back) => monthAfter(present, -back));
  return (
    <div className="month-picker">
      <button
        type="button"
        className="outline small"
        aria-label="Month before"
        disabled={month === months.at(-1)}
        onClick={() => onMonth(monthAfter(month, -1))}
      >
        ‹
      </button>
      <select aria-label="Month" value={month} onChange={({ target }) => onMonth(target.value)}>
        {months.map((each) => (
          <option key={each} value={each}>
            {monthText(each)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="outline small"
        aria-label="Month after"
        disabled={month === present}
        onClick={() => onMonth(monthAfter(month, 1))}
      >
        ›
      </button>
    </div>
  );
}

interface FiguresProps {
  readonly month: string;
  readonly isPresent: boolean;
  readonly totals: Totals;
  readonly before: Totals | undefined;
  readonly statistics: StatisticsReport | undefined;
}

/** From the counters, which are live. Where a team is not counted, from the log, which has every call. */
function Figures({ month, isPresent, totals, before, statistics }: FiguresProps) {
  const fromLog = totals.uncounted > 0 && statistics !== undefined;
  const shown = fromLog ? statistics.total : totals;
  const comparable = fromLog ? undefined : before;
  const earlier = monthText(monthAfter(month, -1));
  const against = (kind: 'usd' | 'requests' | 'tokens', text: (amount: number) => string) => {
    if (comparable === undefined) return fromLog ? 'From the log' : '…';
    // A month that is not over would always seem less.
    if (isPresent) return `${earlier}: ${text(comparable[kind])}`;
    const changed = change(shown[kind], comparable[kind]);
    return changed === undefined ? `${earlier}: ${text(0)}` : `${changed} against ${earlier}`;
  };
  const total = statistics?.total;
  const asked = total && total.requests + total.refused;
  return (
    <dl className="figures-row">
      <Figure name={isPresent ? 'Spend this month' : 'Spend'} value={money(shown.usd)}>
        {against('usd', money)}
      </Figure>
      <Figure name="Requests" value={count(shown.requests)}>
        {against('requests', count)}
      </Figure>
      <Figure name="Tokens" value={count(shown.tokens)}>
        {against('tokens', count)}
      </Figure>
      <Figure name="Refused" value={asked && total ? percent(total.refused / asked) : '–'}>
        {total ? counted(total.refused, 'request') : 'Reading the log'}
      </Figure>
    </dl>
  );
}

function Spend({ report, month }: { readonly report: StatisticsReport; readonly month: string }) {
  const stacks = stacksOf(report);
  const [asTable, setAsTable] = useState(false);
  if (report.total.requests === 0) {
    return (
      <Empty title={`No calls in ${month} yet`}>
        <p>
          Give a team a key under <a href={linkTo('teams')}>Teams</a>, or ask a model yourself in the{' '}
          <a href={linkTo('playground')}>playground</a>.
        </p>
      </Empty>
    );
  }
  const missing = report.keptFrom > report.from;
  return (
    <>
      {asTable ? <SpendTable stacks={stacks} /> : <SpendChart stacks={stacks} month={month} />}
      <div className="card-foot">
        <p className="quiet">
          From the log of calls that ended
          {report.searchedBytes > 0 && `: ${bytes(report.searchedBytes)} of it were searched for this`}.
          {missing && ` The log is kept from ${day(report.keptFrom)} on.`}
        </p>
        <button
          type="button"
          className="outline small"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'Show the chart' : 'Show as a table'}
        </button>
      </div>
    </>
  );
}

function Errors({ report: { errors, total } }: { readonly report: StatisticsReport }) {
  if (errors.length === 0) {
    return (
      <Empty title={total.requests === 0 ? 'No calls yet' : 'Nothing was refused, and nothing failed'} />
    );
  }
  const most = Math.max(...errors.map(({ refused, failed }) => refused + failed));
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">Code</th>
          <th scope="col" className="number">
            Refused
          </th>
          <th scope="col" className="number">
            Failed
          </th>
        </tr>
      </thead>
      <tbody>
        {errors.map(({ code, refused, failed }) => (
          <tr key={code}>
            <th scope="row">
              <code>{code}</code>
              <span className="share-bar" style={{ inlineSize: `${(100 * (refused + failed)) / most}%` }} />
            </th>
            <td className="number">{count(refused)}</td>
            <td className="number">{count(failed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Speed({ report: { latency, total } }: { readonly report: StatisticsReport }) {
  if (!latency) return <Empty title="No calls yet" />;
  return (
    <dl className="pairs">
      <div>
        <dt>Half of the calls end within</dt>
        <dd>{duration(latency.p50Ms)}</dd>
      </div>
      <div>
        <dt>95 of 100 end within</dt>
        <dd>{duration(latency.p95Ms)}</dd>
      </div>
      <div>
        <dt>Input tokens from a prompt cache</dt>
        <dd>{total.inputTokens === 0 ? '–' : percent(total.cachedTokens / total.inputTokens)}</dd>
      </div>
      <div>
        <dt>Tokens in and out</dt>
        <dd>
          {count(total.inputTokens)} in, {count(total.outputTokens)} out
        </dd>
      </div>
    </dl>
  );
}
