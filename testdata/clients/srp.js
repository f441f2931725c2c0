// amazon-cognito-identity-js, the client of browsers, against the local user
// pool at $BASE_URL. It signs in by SRP unless configured otherwise.
'use strict';

const { randomUUID } = require('node:crypto');
const {
	AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserAttribute, CognitoUserPool,
} = require('amazon-cognito-identity-js');
const { equal, refused, run } = require('./checks.js');

const baseURL = process.env.BASE_URL;
const users = 8;
const rounds = 5;

// A storage of its own for each user: the client keeps tokens in it.
function storage() {
	const values = new Map();
	return {
		getItem: (key) => values.get(key) ?? null,
		setItem: (key, value) => values.set(key, value),
		removeItem: (key) => values.delete(key),
		clear: () => values.clear(),
	};
}

function client(email) {
	const Storage = storage();
	const pool = new CognitoUserPool({ UserPoolId: 'us-east-1_local', ClientId: 'localclient', endpoint: baseURL, Storage });
	return { pool, user: new CognitoUser({ Username: email, Pool: pool, Storage }) };
}

function promised(call) {
	return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));
}

const email = (label) => `${label}-${randomUUID()}@example.com`;

async function signUp(address, password) {
	const { pool, user } = client(address);
	const attributes = [new CognitoUserAttribute({ Name: 'email', Value: address })];
	const { userSub } = await promised((done) => pool.signUp(address, password, attributes, null, done));
	await promised((done) => user.confirmRegistration('123456', false, done));
	return userSub;
}

function signIn(user, address, password, newPassword) {
	return new Promise((resolve, reject) => {
		const callbacks = {
			onSuccess: resolve,
			onFailure: reject,
			newPasswordRequired: () => user.completeNewPasswordChallenge(newPassword, {}, callbacks),
		};
		user.authenticateUser(new AuthenticationDetails({ Username: address, Password: password }), callbacks);
	});
}

// The client has no Admin operations, and their signatures are not checked.
async function admin(operation, body) {
	const response = await fetch(baseURL, {
		method: 'POST',
		headers: {
			'Content-Type': 'application/x-amz-json-1.1',
			'X-Amz-Target': `AWSCognitoIdentityProviderService.${operation}`,
		},
		body: JSON.stringify({ UserPoolId: 'us-east-1_local', ...body }),
	});
	equal(response.status, 200);
}

const checks = {
	async 'signs up, confirms and signs in'() {
		const address = email('js');
		const sub = await signUp(address, 'Passw0rd!');
		const { user } = client(address);
		const session = await signIn(user, address, 'Passw0rd!');
		equal(session.isValid(), true);
		equal(session.getIdToken().payload.email, address);
		equal(session.getIdToken().payload.email_verified, true);
		equal(session.getAccessToken().payload.username, sub);
		const attributes = await promised((done) => user.getUserAttributes(done));
		equal(attributes.find((a) => a.getName() === 'email').getValue(), address);
	},
	async 'refreshes and signs out'() {
		const address = email('js');
		await signUp(address, 'Passw0rd!');
		const { user } = client(address);
		const session = await signIn(user, address, 'Passw0rd!');
		const token = session.getRefreshToken().getToken();
		const again = await promised((done) => user.refreshSession(new CognitoRefreshToken({ RefreshToken: token }), done));
		equal(again.getIdToken().payload.origin_jti, session.getIdToken().payload.origin_jti);
		await new Promise((resolve) => user.signOut(resolve));
		await refused(
			promised((done) => user.refreshSession(new CognitoRefreshToken({ RefreshToken: token }), done)),
			'NotAuthorizedException',
		);
	},
	async 'responds to the new password challenge after SRP'() {
		const address = email('js');
		await admin('AdminCreateUser', { Username: address, TemporaryPassword: 'Tempor4ry!', MessageAction: 'SUPPRESS' });
		await signIn(client(address).user, address, 'Tempor4ry!', 'Passw0rd!');
		const session = await signIn(client(address).user, address, 'Passw0rd!');
		equal(session.isValid(), true);
	},
	async 'is refused a wrong password, an unknown user and an unconfirmed one'() {
		const address = email('js');
		// The client goes by the name of the first challenge from then on, and
		// the one of an unknown user is made up.
		await refused(signIn(client(address).user, address, 'Passw0rd!'), 'NotAuthorizedException');
		const { pool, user } = client(address);
		await promised((done) => pool.signUp(address, 'Passw0rd!', [], null, done));
		await refused(signIn(user, address, 'Passw0rd!'), 'UserNotConfirmedException');
		await promised((done) => user.confirmRegistration('123456', false, done));
		await refused(signIn(user, address, 'Wr0ng-one!'), 'NotAuthorizedException');
	},
	async 'signs in by password when configured to'() {
		const address = email('js');
		await signUp(address, 'Passw0rd!');
		const { user } = client(address);
		user.setAuthenticationFlowType('USER_PASSWORD_AUTH');
		equal((await signIn(user, address, 'Passw0rd!')).isValid(), true);
	},
	async 'changes attributes, and the e-mail once it is verified'() {
		const address = email('js');
		await signUp(address, 'Passw0rd!');
		const { user } = client(address);
		await signIn(user, address, 'Passw0rd!');
		const changes = { email: `new-${address}`, name: 'Ada' };
		const list = Object.entries(changes).map(([Name, Value]) => new CognitoUserAttribute({ Name, Value }));
		const details = await promised((done) => user.updateAttributes(list, (error, _, more) => done(error, more)));
		equal(details.CodeDeliveryDetailsList[0].Destination, 'n***@e***');
		await new Promise((resolve, reject) => {
			user.getAttributeVerificationCode('email', { onSuccess: resolve, onFailure: reject, inputVerificationCode: resolve });
		});
		await new Promise((resolve, reject) => user.verifyAttribute('email', '123456', { onSuccess: resolve, onFailure: reject }));
		const attributes = await promised((done) => user.getUserAttributes(done));
		equal(attributes.map((a) => a.getName()).join(), 'sub,email,email_verified,name');
		equal(attributes[1].getValue(), changes.email);
		await promised((done) => user.deleteAttributes(['name'], done));
		const rest = await promised((done) => user.getUserAttributes(done));
		equal(rest.map((a) => a.getName()).join(), 'sub,email,email_verified');
	},
	async 'changes and recovers a password, with spaces in it'() {
		const address = email('js');
		await signUp(address, 'Correct horse 1');
		const { user } = client(address);
		await signIn(user, address, 'Correct horse 1');
		await promised((done) => user.changePassword('Correct horse 1', 'Another horse 2', done));
		await new Promise((resolve, reject) => user.forgotPassword({ onSuccess: resolve, onFailure: reject }));
		await new Promise((resolve, reject) => user.confirmPassword('123456', 'A third horse 3', { onSuccess: resolve, onFailure: reject }));
		equal((await signIn(client(address).user, address, 'A third horse 3')).isValid(), true);
	},
	async 'signs out everywhere, and deletes its user'() {
		const address = email('js');
		await signUp(address, 'Passw0rd!');
		const [first, second] = [client(address).user, client(address).user];
		await signIn(first, address, 'Passw0rd!');
		await signIn(second, address, 'Passw0rd!');
		await new Promise((resolve, reject) => first.globalSignOut({ onSuccess: resolve, onFailure: reject }));
		await refused(promised((done) => second.getUserAttributes(done)), 'NotAuthorizedException');
		await signIn(second, address, 'Passw0rd!');
		await promised((done) => second.deleteUser(done));
		await refused(signIn(first, address, 'Passw0rd!'), 'NotAuthorizedException');
	},
	async 'a preflight lets pages of any origin in'() {
		const response = await fetch(baseURL, {
			method: 'OPTIONS',
			headers: {
				Origin: 'http://localhost:5173',
				'Access-Control-Request-Method': 'POST',
				'Access-Control-Request-Headers': 'content-type,x-amz-target,x-amz-user-agent',
			},
		});
		equal(response.ok, true);
		equal(response.headers.get('access-control-allow-origin'), 'http://localhost:5173');
		equal(response.headers.get('access-control-allow-headers'), 'content-type,x-amz-target,x-amz-user-agent');
	},
};

for (let n = 1; n <= users; n++) {
	checks[`signs in by SRP, user ${n}, ${rounds} times`] = async () => {
		const address = email('js');
		const password = `Passw0rd!${randomUUID()}`;
		await signUp(address, password);
		for (let i = 0; i < rounds; i++) {
			const session = await signIn(client(address).user, address, password);
			equal(session.getIdToken().payload.email, address);
		}
	};
}

run(checks);
