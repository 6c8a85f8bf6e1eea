#!/bin/bash
# What an experienced person would type to make a node of an empty Debian 12 host, from repo-proxy alone; the yardstick of
# bench/create.ts. Run as root on the host:
#   by-hand.sh prepare REPO-NAME REPO-ADDRESS PORT     (token on standard input's first line, the CA after it)
#   by-hand.sh init ADDRESS VERSION | by-hand.sh join ADDRESS TOKEN HASH
set -euo pipefail

prepare() {
  local name=$1 address=$2 port=$3 token
  read -r token
  mkdir -p /etc/slipway /opt/cni/bin /etc/containerd /etc/cni/net.d /etc/kubernetes/manifests
  cat > /etc/slipway/ca.pem
  echo "$address $name" >> /etc/hosts
  printf 'machine https://%s:%s login node password %s\n' "$name" "$port" "$token" > /etc/apt/auth.conf.d/hand.conf
  printf 'Acquire::https::CAInfo "/etc/slipway/ca.pem";\n' > /etc/apt/apt.conf.d/90hand
  local base="https://$name:$port"
  /usr/lib/apt/apt-helper download-file "$base/apt/debian-12/key.asc" /etc/apt/trusted.gpg.d/hand.asc > /dev/null
  echo "deb $base/apt/debian-12 ./" > /etc/apt/sources.list
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends conntrack ethtool iproute2 iptables kmod nftables procps socat > /dev/null
  local pids=()
  while read -r path file; do
    /usr/lib/apt/apt-helper download-file "$base/raw/$path" "$file" > /dev/null & pids+=($!)
  done < /tmp/files
  for pid in "${pids[@]}"; do wait "$pid"; done
  awk '{print $2}' /tmp/files | xargs chmod 755
  printf 'net.ipv4.ip_forward = 1\n' > /etc/sysctl.d/99-hand.conf
  sysctl -q -p /etc/sysctl.d/99-hand.conf
  local basic registry
  basic=$(printf 'node:%s' "$token" | base64 -w0)
  for registry in registry.k8s.io ghcr.io; do
    mkdir -p /etc/containerd/certs.d/$registry
    cat > /etc/containerd/certs.d/$registry/hosts.toml <<H
server = "$base/v2/$registry"
[host."$base/v2/$registry"]
  override_path = true
  capabilities = ["pull", "resolve"]
  ca = "/etc/slipway/ca.pem"
  [host."$base/v2/$registry".header]
    Authorization = "Basic $basic"
H
  done
  cat > /etc/containerd/config.toml <<C
version = 3
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = '/etc/containerd/certs.d'
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = 'registry.k8s.io/pause:3.10.2'
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = false
[plugins.'io.containerd.cri.v1.runtime'.cni]
  conf_template = '/etc/containerd/cni.template'
C
  cat > /etc/containerd/cni.template <<'N'
{"cniVersion":"1.0.0","name":"cbr0","plugins":[{"type":"bridge","bridge":"cni0","isDefaultGateway":true,"hairpinMode":true,"mtu":1450,"ipMasq":false,"ipam":{"type":"host-local","ranges":[{{range $i, $r := .PodCIDRRanges}}{{if $i}},{{end}}[{"subnet":"{{$r}}"}]{{end}}],"routes":[{"dst":"10.244.0.0/16"}]}},{"type":"portmap","capabilities":{"portMappings":true}}]}
N
  printf '[Unit]\nAfter=network.target\n[Service]\nExecStart=/usr/local/bin/containerd\nType=notify\nDelegate=yes\nKillMode=process\nRestart=always\nTasksMax=infinity\n[Install]\nWantedBy=multi-user.target\n' > /etc/systemd/system/containerd.service
  cat > /etc/systemd/system/kubelet.service <<'U'
[Unit]
After=containerd.service
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
U
  systemctl daemon-reload
  systemctl enable -q --now containerd
  systemctl enable -q kubelet
}

init() {
  cat > /tmp/kubeadm.yaml <<K
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: $1}
nodeRegistration: {criSocket: unix:///run/containerd/containerd.sock, taints: []}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$2
networking: {podSubnet: 10.244.0.0/16}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failCgroupV1: false
featureGates: {KubeletInUserNamespace: true}
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
conntrack: {maxPerCore: 0, min: 0}
K
  kubeadm init --config /tmp/kubeadm.yaml --ignore-preflight-errors=SystemVerification > /tmp/init.log 2>&1 || { tail -5 /tmp/init.log >&2; exit 1; }
  kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f /tmp/flannel.yaml > /dev/null
  tail -2 /tmp/init.log
}

join() {
  kubeadm join "$1:6443" --token "$2" --discovery-token-ca-cert-hash "$3" --ignore-preflight-errors=SystemVerification > /tmp/join.log 2>&1 || { tail -5 /tmp/join.log >&2; exit 1; }
}

"$@"
