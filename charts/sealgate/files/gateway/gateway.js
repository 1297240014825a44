// Asks sealgate whether a request may pass. Whatever is no clear yes is a refusal, and nothing is forwarded.

const CODE = 'AccessDeniedException';
const ERROR_HEADERS = ['Content-Type', 'x-amzn-errortype', 'x-amzn-requestid', 'x-sealgate-rules'];

function authorize(r) {
    const length = Number(r.variables.content_length || 0);
    const place = length > Number(r.variables.shown_body) ? 'authorize-without-body' : 'authorize';
    // Without a body of its own, the question has the client's, as it came.
    r.subrequest('/_sealgate/' + place, { method: 'POST' }, function (reply) {
        r.variables.sealgate_rules = reply.headersOut['x-sealgate-rules'] || '';
        if (reply.status === 200) {
            r.variables.sealgate_outcome = 'forwarded';
            r.internalRedirect('@forward');
        } else if (reply.status >= 400 && reply.status < 500 && reply.headersOut['x-amzn-errortype']) {
            r.variables.sealgate_outcome = 'refused';
            ERROR_HEADERS.forEach(function (name) {
                if (reply.headersOut[name]) {
                    r.headersOut[name] = reply.headersOut[name];
                }
            });
            r.return(403, reply.responseText);
        } else {
            refuse(r, reply.status);
        }
    });
}

function refuse(r, status) {
    const message = 'refused by the gateway: sealgate gave no answer (' + status + '), so nothing was forwarded';
    r.variables.sealgate_outcome = 'unanswered';
    r.headersOut['Content-Type'] = r.headersIn['X-Amz-Target'] ? 'application/x-amz-json-1.1' : 'application/json';
    r.headersOut['x-amzn-errortype'] = CODE;
    r.headersOut['x-amzn-requestid'] = r.variables.request_id;
    r.return(403, JSON.stringify({ __type: CODE, message: message }));
}

export default { authorize };
