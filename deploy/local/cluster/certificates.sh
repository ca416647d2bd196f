# shellcheck shell=bash
# The cluster's certificates and the kubeconfigs made of them. Made once, kept in $STATE, valid ten years.

authority() {
  [ ! -s "$PKI/$1.crt" ] || return 0
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$1" \
    -addext 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature' -keyout "$PKI/$1.key" -out "$PKI/$1.crt.new" 2>/dev/null
  mv "$PKI/$1.crt.new" "$PKI/$1.crt"
}

# certificate NAME AUTHORITY SUBJECT USAGE [ALTERNATIVE_NAMES]
certificate() {
  local name=$1 by=$2 subject=$3 usage=$4 names=${5:-}
  [ ! -s "$PKI/$name.crt" ] || return 0
  {
    echo "basicConstraints=CA:FALSE"
    echo "keyUsage=critical,digitalSignature,keyEncipherment"
    echo "extendedKeyUsage=$usage"
    [ -z "$names" ] || echo "subjectAltName=$names"
  } >"$PKI/$name.ext"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$subject" -keyout "$PKI/$name.key" -out "$PKI/$name.csr" 2>/dev/null
  openssl x509 -req -in "$PKI/$name.csr" -CA "$PKI/$by.crt" -CAkey "$PKI/$by.key" -set_serial "0x$(openssl rand -hex 8)" -days 3650 \
    -extfile "$PKI/$name.ext" -out "$PKI/$name.crt.new" 2>/dev/null
  mv "$PKI/$name.crt.new" "$PKI/$name.crt"
  rm -f "$PKI/$name.csr" "$PKI/$name.ext"
}

service_account_keys() {
  [ ! -s "$PKI/sa.pub" ] || return 0
  openssl genrsa -out "$PKI/sa.key" 2048 2>/dev/null
  openssl rsa -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub.new" 2>/dev/null
  mv "$PKI/sa.pub.new" "$PKI/sa.pub"
}

# kubeconfig USER [FILE]
kubeconfig() {
  local user=$1 file=$KUBECONFIGS/$1.conf
  [ ! "$file" -nt "$PKI/$user.crt" ] || return 0
  (
    umask 077
    cat >"$file.new" <<CONF
apiVersion: v1
kind: Config
clusters:
- name: slipway-local
  cluster:
    server: https://127.0.0.1:$API_PORT
    certificate-authority-data: $(base64 -w0 <"$PKI/kubernetes-ca.crt")
users:
- name: $user
  user:
    client-certificate-data: $(base64 -w0 <"$PKI/$user.crt")
    client-key-data: $(base64 -w0 <"$PKI/$user.key")
contexts:
- name: $user@slipway-local
  context: {cluster: slipway-local, user: $user}
current-context: $user@slipway-local
CONF
  )
  mv "$file.new" "$file"
}

make_certificates() {
  mkdir -p "$PKI" "$KUBECONFIGS"
  chmod 700 "$PKI" "$KUBECONFIGS"
  authority kubernetes-ca; authority etcd-ca; authority front-proxy-ca
  local here="DNS:localhost,IP:127.0.0.1"
  local api="DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.$CLUSTER_DOMAIN"
  certificate etcd-server etcd-ca "/CN=etcd" serverAuth,clientAuth "$here" &
  certificate etcd-client etcd-ca "/CN=kube-apiserver" clientAuth &
  certificate kube-apiserver kubernetes-ca "/CN=kube-apiserver" serverAuth "$api,$here,IP:$SERVICE_API,IP:$NODE_IP" &
  certificate apiserver-kubelet-client kubernetes-ca "/O=system:masters/CN=kube-apiserver-kubelet-client" clientAuth &
  certificate front-proxy-client front-proxy-ca "/CN=front-proxy-client" clientAuth &
  certificate local-server kubernetes-ca "/CN=local" serverAuth "$here" &
  certificate kubelet-server kubernetes-ca "/CN=$NODE" serverAuth "DNS:$NODE,$here,IP:$NODE_IP" &
  certificate admin kubernetes-ca "/O=system:masters/CN=kubernetes-admin" clientAuth &
  certificate kubelet kubernetes-ca "/O=system:nodes/CN=system:node:$NODE" clientAuth &
  certificate controller-manager kubernetes-ca "/CN=system:kube-controller-manager" clientAuth &
  certificate scheduler kubernetes-ca "/CN=system:kube-scheduler" clientAuth &
  certificate proxy kubernetes-ca "/CN=system:kube-proxy" clientAuth &
  certificate dns kubernetes-ca "/CN=slipway:cluster-dns" clientAuth &
  certificate prometheus kubernetes-ca "/CN=prometheus" clientAuth &
  service_account_keys &
  wait
  chmod 600 "$PKI"/*.key
  local user
  for user in admin kubelet controller-manager scheduler proxy; do kubeconfig "$user"; done
}
