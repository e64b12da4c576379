import { QueryCache, QueryClient, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Failure, read, useApi } from './api.ts';

/** How often the page asks again while it is looked at: counters cost little, the log is searched for money. */
const countersMs = 10_000;
const logMs = 60_000;

/** @param onOver Hears that the session is over. */
export function queryClient(onOver: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof Failure && error.isOver) onOver();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: countersMs,
        refetchOnWindowFocus: true,
        // What was refused would be refused again. No answer may come from a restart.
        retry: (failures, error) => failures < 2 && error instanceof Failure && error.status === 0,
      },
      mutations: {
        retry: false,
        onError: (error) => {
          if (error instanceof Failure && error.isOver) onOver();
        },
      },
    },
  });
}

export function useDeployment() {
  const api = useApi();
  return useQuery({
    queryKey: ['deployment'],
    queryFn: () => read(api.deployment.$get()),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What the counters of a month add up to. Present ones are live. */
export function useUsage(month: string, isPresent: boolean, enabled: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ['usage', month],
    enabled,
    queryFn: () => read(api.usage.$get({ query: { month } })),
    refetchInterval: isPresent ? countersMs : false,
    staleTime: isPresent ? countersMs : logMs,
  });
}

export function useNear(enabled: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ['near'],
    enabled,
    queryFn: () => read(api.near.$get({ query: {} })),
    refetchInterval: countersMs,
  });
}

export function useCost(enabled: boolean) {
  const api = useApi();
  return useQuery({ queryKey: ['cost'], enabled, queryFn: () => read(api.cost.$get()), staleTime: logMs });
}

/** What the log says about a month, and about one team of it or all. */
export function useStatistics(month: string, isPresent: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ['statistics', month],
    queryFn: () => read(api.statistics.$get({ query: { month } })),
    refetchInterval: isPresent ? logMs : false,
    staleTime: logMs,
  });
}

export function useTeams() {
  const api = useApi();
  return useQuery({ queryKey: ['teams'], queryFn: () => read(api.teams.$get()), refetchInterval: logMs });
}

export function useTeam(team: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['teams', team],
    queryFn: () => read(api.teams[':team'].$get({ param: { team: team } })),
    refetchInterval: countersMs,
  });
}

export function useModels() {
  const api = useApi();
  return useQuery({ queryKey: ['models'], queryFn: () => read(api.models.$get()), staleTime: logMs });
}

/** Whether this AWS account may ask the models. It asks AWS, so it takes a while. */
export function useModelAccess(enabled: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ['model-access'],
    enabled,
    queryFn: () => read(api.models.access.$get()),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useKeys() {
  const api = useApi();
  return useQuery({ queryKey: ['keys'], queryFn: () => read(api.keys.$get()), staleTime: logMs });
}

const tickMs = 30_000;

function eachTick(onTick: () => void): () => void {
  const timer = setInterval(onTick, tickMs);
  return () => clearInterval(timer);
}

/** By how much the deployment's clock is ahead of this machine's, in milliseconds. */
export function useAhead(): number {
  const { data, dataUpdatedAt } = useDeployment();
  return data === undefined ? 0 : data.now - dataUpdatedAt;
}

/** Milliseconds since 1970 by the deployment's clock, to half a minute. */
export function useNow(): number {
  const ahead = useAhead();
  return useSyncExternalStore(eachTick, () => Math.floor((Date.now() + ahead) / tickMs) * tickMs);
}

/** Where the page is, as every view gets it. */
export type Deployment = NonNullable<ReturnType<typeof useDeployment>['data']>;

/** All about one team. */
export type TeamDetails = NonNullable<ReturnType<typeof useTeam>['data']>;
