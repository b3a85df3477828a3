import { plainText } from '../../render/plain-text.ts';
import { type DoctorCheck, ok, problem, warning, whenKnown } from '../check.ts';

export const PORT: DoctorCheck = {
  name: 'port',
  looksAt:
    'who answers at `web.listen` and with which version; where nobody does, whether one can listen there',
  minds:
    'Somebody else at the port, or an address at which one cannot listen, is a problem. An agent of another version than this program is a warning.',
  isForWindows: false,
  judge: ({ port, program: { version } }) =>
    whenKnown(port, ({ host, port: number, answer }) => {
      const where = `${plainText(host, 100)}:${number}`;
      switch (answer.who) {
        case 'agent':
          if (answer.version === version) return ok(`an agent of this version answers at ${where}`);
          return warning(
            `the agent at ${where} is of version ${plainText(answer.version, 40)}, this program of ${version}`,
            'Start the agent anew after an update, or use the program that belongs to it.',
          );
        case 'other':
          return problem(
            `something else answers at ${where} (${plainText(answer.said, 100)})`,
            'Give another port in web.listen, or stop that program ("netstat -ano" names it).',
          );
        case 'nobody':
          return ok(`${where} is free; no agent answers there`);
        case 'unusable':
          return problem(
            `one cannot listen at ${where}: ${plainText(answer.why, 300)}`,
            'Set web.listen to a free port of an address of this machine.',
          );
      }
    }),
};
