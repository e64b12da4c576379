import type { CallsAtOnceStatus, LimitPace } from '@org/contract';
import { useId } from 'react';
import { useNow } from '../queries.ts';
import { amount, end, limitName, moment, percent, untilThen } from '../words.ts';
import { nearShare, shareOf } from './limit-share.ts';

export function Meter({ share, labelledBy }: { readonly share: number; readonly labelledBy: string }) {
  return (
    <meter
      aria-labelledby={labelledBy}
      min={0}
      max={1}
      low={nearShare}
      high={0.999}
      optimum={0}
      value={Math.min(1, share)}
    >
      {percent(share)}
    </meter>
  );
}

interface LimitBarProps {
  readonly limit: LimitPace;
  readonly timeZone: string;
  /** Whose it is, where that is not clear from where it stands. */
  readonly of?: string;
}

/** One limit: how much of it is used, and when it starts again. */
export function LimitBar({ limit, timeZone, of }: LimitBarProps) {
  const id = useId();
  const now = useNow();
  const { limit: kind, period, used, max, resetsAt, lastsUntil } = limit;
  const share = shareOf(limit);
  return (
    <div className="limit-bar">
      <div id={id} className="limit-head">
        <span>
          {of !== undefined && <strong>{of} </strong>}
          {limitName(kind, period)}
        </span>
        <span className="figures">
          {amount(kind, used)} of {amount(kind, max)} <StateOf share={share} />
        </span>
      </div>
      <Meter share={share} labelledBy={id} />
      <p className="quiet">
        {max === 0 ? 'Refuses every call' : `Until ${end(resetsAt, timeZone)}`}
        {max > 0 && `, ${untilThen(resetsAt, now)}`}
        {lastsUntil !== undefined && `. At this pace it is used up ${moment(lastsUntil, timeZone)}`}
      </p>
    </div>
  );
}

export function StateOf({ share }: { readonly share: number }) {
  if (share >= 1)
    return (
      <span className="badge" data-variant="danger">
        used up
      </span>
    );
  if (share >= nearShare)
    return (
      <span className="badge" data-variant="warning">
        {percent(share)}
      </span>
    );
  return <span className="quiet">{percent(share)}</span>;
}

export function CallsAtOnceBar({ status: { inFlight, max } }: { readonly status: CallsAtOnceStatus }) {
  const id = useId();
  const share = shareOf({ used: inFlight, max });
  return (
    <div className="limit-bar">
      <div id={id} className="limit-head">
        <span>Calls at once</span>
        <span className="figures">
          {amount('calls', inFlight)} of {amount('calls', max)} <StateOf share={share} />
        </span>
      </div>
      <Meter share={share} labelledBy={id} />
      <p className="quiet">In flight right now</p>
    </div>
  );
}
