# What Windows tells of the account and of its services.

# Groups by SID, since their names are translated. A token filtered by User Account Control is in neither.
function Test-Member([string]$sid) {
    try {
        $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
        $principal = New-Object Security.Principal.WindowsPrincipal $identity
        return $principal.IsInRole((New-Object Security.Principal.SecurityIdentifier $sid))
    }
    catch { return $null }
}

function Read-ServiceState([string]$name) {
    try { return [string](Get-Service -Name $name).Status }
    catch {
        if ([string]$_.FullyQualifiedErrorId -like 'NoServiceFoundForGivenName*') { return 'Missing' }
        return $null
    }
}
