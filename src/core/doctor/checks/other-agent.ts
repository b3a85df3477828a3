import { plainText } from '../../render/plain-text.ts';
import { type DoctorCheck, ok, unknown, warning, whenKnown } from '../check.ts';

const RUNNING = 4;

export const OTHER_AGENT: DoctorCheck = {
  name: 'other-agent',
  looksAt: 'whether an agent runs on the state folder, and whether it is the one that answers',
  minds:
    'A warning when one runs that does not answer at `web.listen`, or is not the service although that is installed.',
  isForWindows: false,
  judge: ({ state, port, service }) =>
    whenKnown(state, ({ isLocked, folder }) => {
      const where = plainText(folder, 300);
      const answers = port.known ? port.value.answer.who === 'agent' : null;
      if (isLocked === null) return unknown('its lock could not be read');
      if (!isLocked) {
        if (answers !== true) return ok(`no agent runs on ${where}`);
        return warning(
          `no agent runs on ${where}, but one answers at the address`,
          'It uses another state folder: give its own with --state-dir.',
        );
      }
      if (answers === false) {
        return warning(
          `an agent runs on ${where}, but does not answer where the configuration says`,
          'It still starts, or uses another configuration: give its own with --config.',
        );
      }
      const installed = service.known ? service.value : null;
      if (installed !== null && installed.state !== RUNNING) {
        return warning(
          `an agent runs on ${where}, but not as the service`,
          'Stop it before the service is started: only one of them can use the folder.',
        );
      }
      return ok(`an agent runs on ${where}`);
    }),
};
