import {
  counterOf,
  countedMethod,
  currentSpan,
  gaugeOf,
  histogramOf,
  statusCategory,
} from '@latchkey/telemetry';
import type { Emit, Registry } from '@latchkey/telemetry';
import type { AuthEvent } from './events.ts';
import { authPrometheus } from './names.ts';

/** Counts for Prometheus. */
export function prometheusListener(registry: Registry): Emit<AuthEvent> {
  const requests = histogramOf(registry, authPrometheus, 'latchkey_request_duration_seconds');
  const signIns = counterOf(registry, authPrometheus, 'latchkey_sign_ins_total');
  const signOuts = counterOf(registry, authPrometheus, 'latchkey_sign_outs_total');
  const providerSignOuts = counterOf(registry, authPrometheus, 'latchkey_provider_sign_outs_total');
  const tokens = counterOf(registry, authPrometheus, 'latchkey_program_tokens_total');
  const questions = histogramOf(registry, authPrometheus, 'latchkey_provider_question_duration_seconds');
  const lookups = counterOf(registry, authPrometheus, 'latchkey_group_lookups_total');
  const unanswered = counterOf(registry, authPrometheus, 'latchkey_groups_unanswered_total');
  const rosters = counterOf(registry, authPrometheus, 'latchkey_directory_rosters_total');
  const pauses = counterOf(registry, authPrometheus, 'latchkey_directory_pauses_total');
  const shared = counterOf(registry, authPrometheus, 'latchkey_refreshes_shared_total');
  const spansLost = counterOf(registry, authPrometheus, 'latchkey_spans_lost_total');
  const storeUp = gaugeOf(registry, authPrometheus, 'latchkey_store_up');
  // Where each task remembers by itself nothing can be away.
  storeUp.set(1);

  return function count(event) {
    switch (event.kind) {
      case 'request': {
        const { line, failed, span } = event.locals;
        const [method, status] = [countedMethod(line.method), statusCategory(line.status)];
        const labels = { method, status, route: event.action, reason: failed ?? 'none' };
        requests.observe(labels, event.ms / 1000, span);
        return;
      }
      case 'sign_in':
        signIns.inc({ provider: event.provider, outcome: event.outcome });
        return;
      case 'sign_out':
        signOuts.inc();
        return;
      case 'provider_sign_out':
        providerSignOuts.inc({ provider: event.provider, outcome: event.outcome });
        return;
      case 'tokens':
        tokens.inc({ grant: event.grant, outcome: event.outcome });
        return;
      case 'question':
        questions.observe({ ...event.asked, outcome: event.outcome }, event.ms / 1000, currentSpan());
        return;
      case 'group_lookup':
        lookups.inc({ provider: event.provider, cache: event.isHit ? 'hit' : 'miss' });
        return;
      case 'group_unanswered':
        unanswered.inc({ provider: event.provider });
        return;
      case 'roster':
        rosters.inc({ provider: event.provider, outcome: event.outcome });
        return;
      case 'backoff':
        pauses.inc({ provider: event.provider });
        return;
      case 'refresh_shared':
        shared.inc();
        return;
      case 'spans_lost':
        spansLost.inc(event.spans);
        return;
      case 'store':
        storeUp.set(event.isAway ? 0 : 1);
        return;
      case 'call':
      case 'operator':
      case 'handed_over':
      case 'session_ended':
      case 'tokens_ended':
    }
  };
}
